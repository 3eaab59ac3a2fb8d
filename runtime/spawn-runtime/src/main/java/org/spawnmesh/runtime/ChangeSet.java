package org.spawnmesh.runtime;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.TraceParent;
import org.spawnmesh.store.Cause;
import org.spawnmesh.store.Change;
import org.spawnmesh.store.Enclosure;
import org.spawnmesh.store.KeptReply;
import org.spawnmesh.store.OutboxEntry;
import org.spawnmesh.store.ReminderChange;
import org.spawnmesh.store.Snapshot;

/**
 * One actor's turns that are not durable yet, collapsed into their last state, with everything that
 * waits for it to leave.
 *
 * <pre>
 * OPEN ──taken by the writer──► TAKEN ──committed──────► SETTLED
 *   ▲                             ├──── not committed ──► FAILED
 *   └── store away, nobody waits ─┘
 * accepts: OPEN = turns and departures · TAKEN = departures · else nothing
 * </pre>
 *
 * <p>Guarded by the monitor of its activation, which is held for a few instructions only and never
 * while something blocks. A set goes to the {@link Writer} of the one before it, if that is not
 * settled yet, so an actor has at most one that is TAKEN.
 */
final class ChangeSet {

  private enum Phase {
    OPEN,
    TAKEN,
    SETTLED,
    FAILED
  }

  private record Key(ActorId actor, String name) {}

  final Settlement activation;

  /** Null until it is handed over, if no set is before it. Written by whoever hands it over. */
  @Nullable Writer writer;

  private Phase phase = Phase.OPEN;
  private boolean submitted;

  /** Revision that is stored, or will be when the set before this one is durable. */
  private long expected;

  private Held next;
  private Invocation cause;
  private List<OutboxEntry> sent = List.of();
  private Map<String, KeptReply> replies = Map.of();
  private @Nullable Departure first;
  private @Nullable Departure last;
  private int waiting;

  /** What becomes of reminders; of each of them, the last change counts. */
  private Map<Key, ReminderChange> reminders = Map.of();

  /** Is taken while this one is open; null if it has no reminders. */
  private @Nullable ChangeSet before;

  private int turns;

  /**
   * @param before the set that is not settled yet, if there is one: its writer's next batch is the
   *     first that may hold this one
   */
  ChangeSet(Settlement activation, @Nullable ChangeSet before, Held next, Invocation cause) {
    this.activation = activation;
    this.writer = before == null ? null : before.writer;
    if (before != null && !before.reminders.isEmpty()) {
      this.before = before;
      before.before = null; // it is settled
    }
    this.expected = next.revision() - 1;
    this.next = next;
    this.cause = cause;
    this.turns = 1;
  }

  boolean isOpen() {
    return phase == Phase.OPEN;
  }

  /** Collapses one more turn into this set. */
  void merge(Held held, Invocation invocation) {
    require(Phase.OPEN);
    next = held;
    cause = invocation;
    turns++;
  }

  /** What is to become durable with this set. */
  void enclose(
      List<OutboxEntry> entries, @Nullable KeptReply reply, Collection<ReminderChange> plans) {
    require(Phase.OPEN);
    if (!entries.isEmpty()) {
      sent = sent.isEmpty() ? new ArrayList<>() : sent;
      sent.addAll(entries);
    }
    if (reply != null) {
      replies = replies.isEmpty() ? new LinkedHashMap<>() : replies;
      replies.put(reply.source(), reply);
    }
    if (!plans.isEmpty()) {
      reminders = reminders.isEmpty() ? new LinkedHashMap<>() : reminders;
      plans.forEach(plan -> reminders.put(new Key(plan.actor(), plan.name()), plan));
    }
  }

  /** What its turns sent, in order. */
  List<OutboxEntry> sent() {
    return sent;
  }

  /** What is not durable yet of this reminder; null if nothing is. */
  @Nullable ReminderChange plan(String name) {
    ReminderChange own = reminders.get(new Key(activation.id, name));
    if (own != null || before == null || before.phase == Phase.SETTLED) {
      return own;
    }
    return before.plan(name);
  }

  /** When the first of the reminders in it is due, or null. */
  @Nullable Instant firstDue() {
    Instant first = null;
    for (ReminderChange change : reminders.values()) {
      if (change instanceof ReminderChange.Planned planned
          && (first == null || planned.reminder().due().isBefore(first))) {
        first = planned.reminder().due();
      }
    }
    return first;
  }

  /** Makes the departure wait for this set. */
  void append(Departure departure) {
    if (phase != Phase.OPEN) {
      require(Phase.TAKEN);
    }
    if (last == null) {
      first = departure;
    } else {
      last.next = departure;
    }
    last = departure;
    waiting++;
  }

  /** True once, for the one who must hand it to the writer. */
  boolean submit() {
    boolean mine = phase == Phase.OPEN && !submitted;
    submitted = true;
    return mine;
  }

  /** How many departures wait for this set. */
  int waiting() {
    return waiting;
  }

  /** How many turns it collapses. */
  int turns() {
    return turns;
  }

  Held next() {
    return next;
  }

  Change take(Instant now, int history) {
    require(Phase.OPEN);
    phase = Phase.TAKEN;
    return new Change(
        new Snapshot(activation.id, next.revision(), next.state(), next.tags()),
        expected,
        new Cause(cause.action(), cause.caller(), traceId(cause), now),
        history,
        sent.isEmpty() && replies.isEmpty() && reminders.isEmpty()
            ? Enclosure.NONE
            : new Enclosure(sent, List.copyOf(replies.values()), List.copyOf(reminders.values())));
  }

  private static @Nullable String traceId(Invocation cause) {
    TraceParent trace = TraceParent.of(cause.metadata());
    return trace == null ? null : trace.traceId();
  }

  /** It is durable, and nothing waits for it any more. */
  void settle() {
    require(Phase.TAKEN);
    phase = Phase.SETTLED;
  }

  /** It surely is not durable and never will be; what waited must be told. */
  @Nullable Departure fail() {
    phase = Phase.FAILED;
    return departures();
  }

  /** Open again after a commit that surely did not happen and that nobody waited for. */
  void reopen() {
    require(Phase.TAKEN);
    phase = Phase.OPEN;
    submitted = false;
  }

  /** The set before this one was not stored after all, and its changes are part of this one. */
  void rebase(ChangeSet before) {
    require(Phase.OPEN);
    expected = before.expected;
    turns += before.turns;
    // what sends or plans waits for its commit, and nobody waited for this one: it has replies only
    Map<String, KeptReply> newer = replies;
    replies = before.replies;
    newer.values().forEach(reply -> enclose(List.of(), reply, List.of()));
    this.before = null;
  }

  /** What waits, oldest first; the caller lets it leave. */
  @Nullable Departure departures() {
    Departure departures = first;
    first = null;
    last = null;
    return departures;
  }

  private void require(Phase wanted) {
    if (phase != wanted) {
      throw new IllegalStateException("A change set that is %s, not %s".formatted(phase, wanted));
    }
  }
}
