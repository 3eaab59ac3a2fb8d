package org.spawnmesh.runtime;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Durability;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Once;
import org.spawnmesh.actor.Route;
import org.spawnmesh.store.KeptReply;
import org.spawnmesh.store.OutboxEntry;
import org.spawnmesh.store.ReminderChange;

/**
 * What a turn leaves to become durable together with its state: the messages it sent, and that it
 * was applied. Pure: {@link #of} reads nothing but its arguments. Immutable.
 *
 * @param decision the turn's, without the effects that are in {@code sent}, and with a revision of
 *     its own if only this changed
 * @param sent in the order in which they were sent
 * @param reminders what becomes of reminders, also of those who get a message later
 * @param once what was applied; null if nobody needs to know
 */
record Enclosing(
    Decision decision,
    Invocation invocation,
    List<OutboxEntry> sent,
    List<ReminderChange> reminders,
    @Nullable Once once) {

  /** A sequence is the revision of its turn, and its place in there. */
  private static final int PLACES = 16;

  /** How many messages one turn can send durably. */
  static final int MOST = (1 << PLACES) - 1;

  /** Another actor, or a node that was cut off, may repeat what it sent for so long. */
  private static final Duration SOURCES = Duration.ofDays(7);

  /**
   * Null if there is nothing of it.
   *
   * @param before what the activation held before the turn
   */
  static @Nullable Enclosing of(
      Hosting hosting, Held before, Invocation invocation, Decision decision, InstantSource clock) {
    if (hosting.definition().kind() == Kind.POOLED) {
      return null; // the workers of a pool share a name, and have no state that could count
    }
    Once once = invocation.once();
    boolean keeps = once != null && isApplied(once, decision);
    boolean commits = hosting.durability() instanceof Durability.Commit || decision.checkpoint();
    boolean sends = commits && decision.effects().stream().anyMatch(Enclosing::isEnclosed);
    if (!keeps && !sends && decision.reminders().isEmpty()) {
      return null;
    }
    Held after = decision.next() != null ? decision.next() : before.counted();
    List<OutboxEntry> sent = new ArrayList<>();
    List<Effect> forgotten = new ArrayList<>();
    List<ReminderChange> reminders = new ArrayList<>(decision.reminders());
    int places = 0;
    for (Effect effect : decision.effects()) {
      if (sends && isEnclosed(effect) && places < MOST) {
        long sequence = (after.revision() << PLACES) + places++;
        if (effect.delay().isZero()) {
          sent.add(entry(effect, invocation, sequence));
        } else {
          Map<String, String> metadata = merged(invocation.metadata(), effect.metadata());
          reminders.add(
              ReminderPlans.later(effect, invocation.actor(), metadata, sequence, clock.instant()));
        }
      } else {
        forgotten.add(effect);
      }
    }
    return new Enclosing(
        decision.enclosed(after, List.copyOf(forgotten), keeps ? once : null),
        invocation,
        List.copyOf(sent),
        List.copyOf(reminders),
        keeps ? once : null);
  }

  /** Of a message that its turn does not send in the ordinary way. */
  static long lastSequence(long revision) {
    return (revision << PLACES) + MOST;
  }

  private static boolean isEnclosed(Effect effect) {
    return effect.durable();
  }

  /** A failure is an answer only to somebody who chose a key; others try again. */
  private static boolean isApplied(Once once, Decision decision) {
    return switch (decision.answer()) {
      case Answer.Ok ok -> true;
      case Answer.Failed failed ->
          once.isKey() && failed.failure().execution() == Execution.EXECUTED;
    };
  }

  private static OutboxEntry entry(Effect effect, Invocation cause, long sequence) {
    return new OutboxEntry(
        new OutboxEntry.Key(cause.actor(), sequence),
        true,
        effect.actor(),
        effect.action(),
        effect.payload(),
        merged(cause.metadata(), effect.metadata()));
  }

  static Map<String, String> merged(Map<String, String> cause, Map<String, String> own) {
    if (own.isEmpty()) {
      return cause;
    }
    Map<String, String> all = new HashMap<>(cause);
    all.putAll(own);
    return all;
  }

  /**
   * That it was applied, and what it was answered; null if nobody needs to know.
   *
   * @param keys how long a caller's key is remembered
   */
  @Nullable KeptReply reply(Instant now, Duration keys) {
    if (once == null) {
      return null;
    }
    return new KeptReply(
        invocation.actor(),
        once.source(),
        once.number(),
        once.isKey() ? Applied.fingerprint(invocation) : null,
        remembered(once),
        passedTo(decision.route()),
        until(now, once.isKey() ? keys : SOURCES));
  }

  /** What is needed when it comes once more. */
  private Answer remembered(Once source) {
    return switch (decision.route()) {
      case Route.Pipe pipe -> decision.answer();
      case Route.Forward forward -> Answer.of(invocation.payload());
      case null -> source.isKey() ? decision.answer() : Answer.EMPTY;
    };
  }

  private static Route.@Nullable Pipe passedTo(@Nullable Route route) {
    return route == null ? null : new Route.Pipe(route.actor(), route.action());
  }

  /** Rounded up, so that a row that is written again and again keeps its place in the index. */
  private static Instant until(Instant now, Duration retention) {
    long step = Math.max(1, retention.toMillis() / 16);
    long end = now.toEpochMilli() + retention.toMillis();
    return Instant.ofEpochMilli((end / step + 1) * step);
  }
}
