package org.spawnmesh.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActionDefinition;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Once;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.ReminderOrder;
import org.spawnmesh.actor.Route;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.KeptReply;
import org.spawnmesh.store.ReminderChange;

/**
 * What a turn comes to: the one rule book for every kind of host. Pure: {@link #of} reads nothing
 * but its arguments and changes nothing. Immutable.
 *
 * @param next what the activation holds from now on, or null if the turn changed nothing
 * @param checkpoint the change must be durable before the answer, whatever the actor's durability
 * @param effects messages to send once {@code next} is durable
 * @param broadcast for a topic, once {@code next} is durable; or null
 * @param route who answers instead; or null
 * @param answer the caller's answer, unless {@code route} says otherwise
 * @param reminders what becomes of reminders together with {@code next}
 * @param confirmAs leaves only if this node still is a member as that incarnation; null if that
 *     need not be asked
 * @param kept as what the turn is remembered, so that whoever answers instead can remember it, too;
 *     null if it is not
 */
record Decision(
    @Nullable Held next,
    boolean checkpoint,
    List<Effect> effects,
    @Nullable Broadcast broadcast,
    @Nullable Route route,
    Answer answer,
    List<ReminderChange> reminders,
    @Nullable Incarnation confirmAs,
    @Nullable Once kept) {

  /** Nothing changes, nothing is sent, the caller hears this. */
  static Decision answer(Answer answer) {
    return new Decision(null, false, List.of(), null, null, answer, List.of(), null, null);
  }

  /** What a call comes to that was run before: the same, and nothing changes. */
  static Decision repeated(KeptReply kept) {
    return new Decision(
        null,
        false,
        List.of(),
        null,
        kept.passedTo(),
        kept.answer(),
        List.of(),
        null,
        new Once(kept.source(), kept.number()));
  }

  /** Only reminders change. */
  static Decision planning(List<ReminderChange> changes) {
    return new Decision(null, true, List.of(), null, null, Answer.EMPTY, changes, null, null);
  }

  static Decision failed(Failure failure) {
    return answer(Answer.failed(failure));
  }

  /**
   * Applies a host's reply. A reply that breaks the actor's declaration changes nothing.
   *
   * @param plans what the reply's orders for reminders come to
   */
  static Decision of(
      ActorDefinition definition,
      @Nullable ActionDefinition action,
      Invocation invocation,
      Held before,
      HostReply reply,
      List<ReminderChange> plans,
      int stateLimit) {
    Payload state = reply.state();
    Map<String, String> tags = reply.tags();
    Payload stateAfter =
        state != null && differs(state, before.state())
            ? (state.isNone() ? null : state)
            : before.state();
    Map<String, String> tagsAfter = tags == null ? before.tags() : tags;
    Held next = null;
    boolean differs = stateAfter != before.state() || !tagsAfter.equals(before.tags());
    if (differs || !plans.isEmpty()) {
      Failure refused = refusal(definition, action, invocation, differs, reply, stateLimit);
      if (refused != null) {
        return failed(refused);
      }
      next = differs ? new Held(stateAfter, tagsAfter, before.revision() + 1) : null;
    }
    return new Decision(
        next,
        reply.checkpoint() || !plans.isEmpty(),
        reply.effects(),
        reply.broadcast(),
        reply.route(),
        Answer.of(reply.payload()),
        plans,
        null,
        null);
  }

  /** The same turn, which changed what is durable: its state too, or what comes with it. */
  Decision enclosed(Held after, List<Effect> forgotten, @Nullable Once once) {
    return new Decision(
        after, checkpoint, forgotten, broadcast, route, answer, reminders, confirmAs, once);
  }

  /** The same, and what it broadcasts durably is sent to these, too. */
  Decision announced(List<Effect> letters) {
    List<Effect> all = new ArrayList<>(effects);
    all.addAll(letters);
    return new Decision(
        next, checkpoint, List.copyOf(all), broadcast, route, answer, reminders, confirmAs, kept);
  }

  /** The same, if it turns out that this node was a member after the turn. */
  Decision confirmedAs(Incarnation incarnation) {
    return new Decision(
        next, checkpoint, effects, broadcast, route, answer, reminders, incarnation, kept);
  }

  /** The same, and this becomes of a reminder, unless the action has decided about it itself. */
  Decision with(ReminderChange change) {
    List<ReminderChange> all = new ArrayList<>(reminders);
    if (all.stream().noneMatch(own -> own.name().equals(change.name()))) {
      all.add(change);
    }
    return new Decision(
        next, true, effects, broadcast, route, answer, List.copyOf(all), confirmAs, kept);
  }

  private static @Nullable Failure refusal(
      ActorDefinition definition,
      @Nullable ActionDefinition action,
      Invocation invocation,
      boolean differs,
      HostReply reply,
      int stateLimit) {
    if (differs && !definition.stateful()) {
      return Failure.executed(
          FailureCode.REPLY_INVALID,
          "%s returned a state or tags, but %s is declared stateless"
              .formatted(invocation, definition.type()));
    }
    if (action != null
        && action.reentrant()
        && invocation.chain() != null
        && invocation.chain().contains(invocation.actor())) {
      return Failure.executed(
          FailureCode.REPLY_INVALID,
          "%s changed the state while it ran inside %s; a reentrant action only reads then"
              .formatted(invocation, invocation.chain()));
    }
    if (!reply.reminders().isEmpty() && definition.kind() == Kind.POOLED) {
      return Failure.executed(
          FailureCode.REPLY_INVALID,
          "%s sets a reminder, but %s is POOLED; nobody in a pool could be reminded"
              .formatted(invocation, definition.type()));
    }
    for (ReminderOrder order : reply.reminders()) {
      if (order instanceof ReminderOrder.Set set && definition.action(set.action()) == null) {
        return Failure.executed(
            FailureCode.REPLY_INVALID,
            "%s sets the reminder '%s' for the action '%s', which %s does not declare"
                .formatted(invocation, set.name(), set.action(), definition.type()));
      }
    }
    Payload state = reply.state();
    if (state != null && state.knownSize() > stateLimit) {
      return stateTooLarge(invocation, state.knownSize(), stateLimit);
    }
    return null;
  }

  static Failure stateTooLarge(Object who, int size, int limit) {
    return Failure.executed(
        FailureCode.STATE_TOO_LARGE,
        "The new state of %s has %d bytes; the limit is %d".formatted(who, size, limit));
  }

  /** A host that echoes the state it got did not change it; comparing is cheaper than a commit. */
  private static boolean differs(Payload next, @Nullable Payload before) {
    if (next.isNone()) {
      return before != null;
    }
    if (next == before) {
      return false;
    }
    boolean bothEncoded = before != null && before.knownSize() >= 0 && next.knownSize() >= 0;
    return !bothEncoded || !Payload.sameContent(next, before);
  }
}
