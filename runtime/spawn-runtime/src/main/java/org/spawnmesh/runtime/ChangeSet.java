package org.spawnmesh.runtime;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.store.Cause;
import org.spawnmesh.store.Change;
import org.spawnmesh.store.Enclosure;
import org.spawnmesh.store.KeptReply;
import org.spawnmesh.store.OutboxEntry;
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

  final Activation activation;

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
  private int turns;

  /**
   * @param before the set that is not settled yet, if there is one: its writer's next batch is the
   *     first that may hold this one
   */
  ChangeSet(Activation activation, @Nullable ChangeSet before, Held next, Invocation cause) {
    this.activation = activation;
    this.writer = before == null ? null : before.writer;
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
  void enclose(List<OutboxEntry> entries, @Nullable KeptReply reply) {
    require(Phase.OPEN);
    if (!entries.isEmpty()) {
      sent = sent.isEmpty() ? new ArrayList<>() : sent;
      sent.addAll(entries);
    }
    if (reply != null) {
      replies = replies.isEmpty() ? new LinkedHashMap<>() : replies;
      replies.put(reply.source(), reply);
    }
  }

  /** What its turns sent, in order. */
  List<OutboxEntry> sent() {
    return sent;
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
        new Cause(cause.action(), cause.caller(), cause.metadata().get("traceparent"), now),
        history,
        sent.isEmpty() && replies.isEmpty()
            ? Enclosure.NONE
            : new Enclosure(sent, List.copyOf(replies.values()), List.of()));
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
    List<OutboxEntry> later = sent;
    Map<String, KeptReply> newer = replies;
    sent = before.sent;
    replies = before.replies;
    enclose(later, null);
    newer.values().forEach(reply -> enclose(List.of(), reply));
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
