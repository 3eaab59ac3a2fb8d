package org.spawnmesh.spring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.CatchUp;
import org.spawnmesh.actor.ReminderOrder;
import org.spawnmesh.actor.Timing;
import org.spawnmesh.spring.payload.PayloadCodecs;

/**
 * What an action answers and decides, as one value. Immutable: each method returns a new reply.
 *
 * <p>All of it takes effect together, or none of it: if the state cannot be made durable, nothing
 * is sent and the caller is told.
 *
 * @param <T> type of the answer
 */
public final class Reply<T> {

  private static final Reply<?> EMPTY = new Reply<>(null, null, false, Parts.NONE);

  private final @Nullable T value;
  private final @Nullable Object state;
  private final boolean erased;
  private final Parts parts;

  private Reply(@Nullable T value, @Nullable Object state, boolean erased, Parts parts) {
    this.value = value;
    this.state = state;
    this.erased = erased;
    this.parts = parts;
  }

  /** Answers this value and, so far, changes nothing. */
  public static <T> Reply<T> of(@Nullable T value) {
    return new Reply<>(value, null, false, Parts.NONE);
  }

  /** Answers nothing and, so far, changes nothing. */
  @SuppressWarnings("unchecked") // it has no value
  public static <T> Reply<T> empty() {
    return (Reply<T>) EMPTY;
  }

  /** Replaces the actor's state. */
  public Reply<T> state(Object next) {
    return new Reply<>(value, next, false, parts);
  }

  /** Removes the actor's state; its revision goes on counting. */
  public Reply<T> erase() {
    return new Reply<>(value, null, true, parts);
  }

  /**
   * Sends a message to another actor of the system. It becomes durable with the state and is
   * delivered until that actor has applied it, once; messages to the same actor arrive in order.
   */
  public Reply<T> effect(String type, String name, String action, @Nullable Object payload) {
    return effect(type, name, action, payload, Duration.ZERO);
  }

  /** Like {@link #effect(String, String, String, Object)}, this long after. */
  public Reply<T> effect(
      String type, String name, String action, @Nullable Object payload, Duration delay) {
    return effect(new Message(type, name, action, payload, delay, true));
  }

  /**
   * Sends a message once the state is durable, and forgets it: faster than an effect, and lost if
   * the node ends or the actor cannot take it now.
   */
  public Reply<T> signal(String type, String name, String action, @Nullable Object payload) {
    return effect(new Message(type, name, action, payload, Duration.ZERO, false));
  }

  private Reply<T> effect(Message message) {
    List<Message> more = new ArrayList<>(parts.effects);
    more.add(message);
    return with(
        new Parts(
            List.copyOf(more),
            parts.broadcast,
            parts.route,
            parts.tags,
            parts.checkpoint,
            parts.reminders));
  }

  /**
   * Sends a message to everybody who listens on a channel, once the state is durable: {@code NAMED}
   * actors, pools, and other actors that are in memory. Each hears it at most once.
   */
  public Reply<T> broadcast(String channel, @Nullable Object payload) {
    return broadcast(new Announcement(channel, payload, false));
  }

  /**
   * Like {@link #broadcast}, but what {@code NAMED} actors and pools are to hear becomes durable
   * with the state, as an effect for each of them that listens at that moment, and is delivered as
   * effects are.
   */
  public Reply<T> broadcastDurably(String channel, @Nullable Object payload) {
    return broadcast(new Announcement(channel, payload, true));
  }

  private Reply<T> broadcast(Announcement announcement) {
    return with(
        new Parts(
            parts.effects,
            announcement,
            parts.route,
            parts.tags,
            parts.checkpoint,
            parts.reminders));
  }

  /** Lets another actor answer, which gets this reply's value. */
  public Reply<T> pipe(String type, String name, String action) {
    return with(
        new Parts(
            parts.effects,
            parts.broadcast,
            new Onward(type, name, action, true),
            parts.tags,
            parts.checkpoint,
            parts.reminders));
  }

  /** Lets another actor answer, which gets what this action got. */
  public Reply<T> forward(String type, String name, String action) {
    return with(
        new Parts(
            parts.effects,
            parts.broadcast,
            new Onward(type, name, action, false),
            parts.tags,
            parts.checkpoint,
            parts.reminders));
  }

  /** Replaces the actor's tags. */
  public Reply<T> tags(Map<String, String> next) {
    return with(
        new Parts(
            parts.effects,
            parts.broadcast,
            parts.route,
            Map.copyOf(next),
            parts.checkpoint,
            parts.reminders));
  }

  /** Makes the state durable before the answer leaves, whatever the actor's durability. */
  public Reply<T> checkpoint() {
    return with(
        new Parts(parts.effects, parts.broadcast, parts.route, parts.tags, true, parts.reminders));
  }

  /** Like {@link #remind(String, Timing, CatchUp, String, Object)}, with {@link CatchUp#ONE}. */
  public Reply<T> remind(String name, Timing when, String action, @Nullable Object payload) {
    return remind(name, when, CatchUp.ONE, action, payload);
  }

  /** Like {@link #remind(String, Timing, String, Object)} without a payload. */
  public Reply<T> remind(String name, Timing when, String action) {
    return remind(name, when, CatchUp.ONE, action, null);
  }

  /**
   * Lets the actor run an action of its own at planned times, whether or not it is in memory then.
   * A reminder with the same name is replaced.
   *
   * @param name at most 200 characters, not beginning with {@code @}
   * @param catchUp what becomes of times that passed while no node ran
   */
  public Reply<T> remind(
      String name, Timing when, CatchUp catchUp, String action, @Nullable Object payload) {
    return with(new Appointment(name, when, catchUp, action, payload));
  }

  /** Ends a reminder; nothing happens if there is none with this name. */
  public Reply<T> cancelReminder(String name) {
    return with(new Appointment(name, null, CatchUp.ONE, "", null));
  }

  private Reply<T> with(Appointment appointment) {
    List<Appointment> more = new ArrayList<>(parts.reminders);
    more.add(appointment);
    return with(
        new Parts(
            parts.effects,
            parts.broadcast,
            parts.route,
            parts.tags,
            parts.checkpoint,
            List.copyOf(more)));
  }

  private Reply<T> with(Parts next) {
    return new Reply<>(value, state, erased, next);
  }

  /** What is answered; null for nothing. */
  public @Nullable T value() {
    return value;
  }

  /** The next state, if this reply replaces it. */
  public Optional<Object> newState() {
    return Optional.ofNullable(state);
  }

  @Nullable Object rawState() {
    return state;
  }

  boolean erases() {
    return erased;
  }

  Parts parts() {
    return parts;
  }

  @Override
  public String toString() {
    return "Reply[value=%s, newState=%s, erases=%s, %s]".formatted(value, state, erased, parts);
  }

  /** What few replies have, apart from what all have. */
  record Parts(
      List<Message> effects,
      @Nullable Announcement broadcast,
      @Nullable Onward route,
      @Nullable Map<String, String> tags,
      boolean checkpoint,
      List<Appointment> reminders) {

    static final Parts NONE = new Parts(List.of(), null, null, null, false, List.of());
  }

  record Message(
      String type,
      String name,
      String action,
      @Nullable Object payload,
      Duration delay,
      boolean durable) {}

  /**
   * A reminder that is set.
   *
   * @param when null if it is cancelled
   */
  record Appointment(
      String name,
      @Nullable Timing when,
      CatchUp catchUp,
      String action,
      @Nullable Object payload) {

    ReminderOrder order(PayloadCodecs codecs) {
      return when == null
          ? new ReminderOrder.Cancel(name)
          : new ReminderOrder.Set(name, when, catchUp, action, codecs.encode(payload));
    }
  }

  record Announcement(String channel, @Nullable Object payload, boolean durable) {}

  /** To whom the answer is left. */
  record Onward(String type, String name, String action, boolean pipe) {}
}
