package org.spawnmesh.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.CallChain;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.store.Snapshot;

/**
 * The door to a shard on one node: who may be activated behind it, and when nobody is left.
 *
 * <pre>
 * OPENING ──nobody else holds the shard──► OPEN ──moved──► CLOSING ──last one out──► CLOSED
 *    └──────────────────────────moved───────────────────────────────────────────────►┘
 * enter: OPENING = hold · OPEN = in · CLOSING = only who is called from behind it · CLOSED = no
 * </pre>
 *
 * <p>What is behind a gate that is CLOSED is not in memory, not in flight and not unresolved: then,
 * and only then, another node may open its own (R8). Thread-safe; never blocks, and calls nobody
 * while it holds its monitor.
 */
public final class Gate {

  /** A gate that is always open and counts nobody: what has no owner needs none. */
  public static final Gate UNGUARDED = new Gate();

  /** What one gate hands over at most; who is not among it is loaded from the store. */
  private static final int WARM_BYTES = 8 << 20;

  /** What became of an attempt to enter. */
  public enum Entry {
    IN,
    HELD,
    FULL,
    CLOSED
  }

  /** A call that waits until the gate opens. */
  private record Held(Invocation invocation, Runnable again) {}

  private enum State {
    OPENING,
    OPEN,
    CLOSING,
    CLOSED
  }

  private final @Nullable Shard shard;
  private final int partitions;
  private final int holds;

  private volatile State state;

  // guarded by the monitor
  private int inside;
  private List<Held> held = List.of();
  private Map<String, Snapshot> warm = Map.of();
  private int warmBytes;
  private @Nullable Consumer<List<Snapshot>> whenClosed;

  /**
   * @param partitions into how many shards a type is cut
   * @param holds how many calls may wait until it opens
   */
  Gate(Shard shard, int partitions, int holds) {
    this.shard = shard;
    this.partitions = partitions;
    this.holds = holds;
    this.state = State.OPENING;
  }

  private Gate() {
    this.shard = null;
    this.partitions = 1;
    this.holds = 0;
    this.state = State.OPEN;
  }

  /** Null for {@link #UNGUARDED}. */
  public @Nullable Shard shard() {
    return shard;
  }

  /** The shard of a gate that guards one. */
  Shard guarded() {
    if (shard == null) {
      throw new IllegalStateException("A gate without a shard");
    }
    return shard;
  }

  public boolean isOpening() {
    return state == State.OPENING;
  }

  public boolean isOpen() {
    return state == State.OPEN;
  }

  public boolean isClosing() {
    return state == State.CLOSING;
  }

  // ---- those who go in and out ----

  /**
   * Somebody wants to be activated behind the gate; if let in, {@link #exit} must follow.
   *
   * @param invocation why; an actor behind a closing gate that waits for an answer of another one
   *     behind it must get it, or neither would ever leave
   * @param again run when the gate opened or will not open, if the answer is {@link Entry#HELD}
   */
  public Entry enter(Invocation invocation, Runnable again) {
    if (shard == null) {
      return Entry.IN;
    }
    synchronized (this) {
      switch (state) {
        case OPEN -> {
          inside++;
          return Entry.IN;
        }
        case CLOSING -> {
          if (!isNested(invocation.chain())) {
            return Entry.CLOSED;
          }
          inside++;
          return Entry.IN;
        }
        case OPENING -> {
          if (held.size() >= holds) {
            return Entry.FULL;
          }
          if (held.isEmpty()) {
            held = new ArrayList<>();
          }
          held.add(new Held(invocation, again));
          return Entry.HELD;
        }
        case CLOSED -> {
          return Entry.CLOSED;
        }
      }
      throw new IllegalStateException("A gate in no state");
    }
  }

  /** Is the actor one of this shard? */
  public boolean guards(ActorId actor) {
    return Shard.of(actor, partitions).equals(shard);
  }

  /** Does an actor of this shard wait for this call? */
  boolean isNested(@Nullable CallChain chain) {
    for (CallChain link = chain; link != null; link = link.outer()) {
      if (guards(link.actor())) {
        return true;
      }
    }
    return false;
  }

  /**
   * Somebody has left for good.
   *
   * @param last its state, if that is what is stored, for the next node; null if there is none to
   *     hand over
   */
  public void exit(@Nullable Snapshot last) {
    if (shard == null) {
      return;
    }
    Consumer<List<Snapshot>> closed;
    synchronized (this) {
      inside--;
      if (last != null && state == State.CLOSING) {
        keep(last);
      }
      closed = closedNow();
    }
    tell(closed);
  }

  private void keep(Snapshot last) {
    int size = last.state() == null ? 0 : last.state().bytes().length;
    if (warmBytes + size <= WARM_BYTES) {
      if (warm.isEmpty()) {
        warm = new HashMap<>();
      }
      warm.put(last.actor().name(), last);
      warmBytes += size;
    }
  }

  /** The state that the former owner handed over; once. Null if it must be loaded. */
  public @Nullable Snapshot takeWarm(String name) {
    if (shard == null) {
      return null;
    }
    // not even a look without the monitor: who misses it would load, and leave an old state behind
    synchronized (this) {
      boolean open = state == State.OPEN || state == State.CLOSING;
      return open && !warm.isEmpty() ? warm.remove(name) : null;
    }
  }

  // ---- the mesh ----

  /** The shard is this node's own now. */
  void open(List<Snapshot> states) {
    List<Held> waiting;
    synchronized (this) {
      if (state != State.OPENING) {
        throw new IllegalStateException("The gate of %s is %s".formatted(shard, state));
      }
      states.forEach(this::keep);
      warmBytes = 0;
      state = State.OPEN;
      waiting = held;
      held = List.of();
    }
    sendOn(waiting);
  }

  private static void sendOn(List<Held> calls) {
    calls.forEach(call -> call.again.run());
  }

  /**
   * It is known now who still holds the shard: calls from there are sent on, or whoever waits for
   * them would never leave, and this gate never open.
   */
  void sendNestedOn() {
    List<Held> nested;
    synchronized (this) {
      nested = held.stream().filter(call -> isNested(call.invocation.chain())).toList();
      if (nested.isEmpty()) {
        return;
      }
      held.removeAll(nested);
    }
    sendOn(nested);
  }

  /** Whoever was not activated by now is loaded. */
  void forgetWarm() {
    synchronized (this) {
      if (state == State.OPEN) {
        warm = Map.of();
      }
    }
  }

  /**
   * The shard is another node's. What is behind the gate is to end; what waits before it is sent
   * on.
   *
   * @param closed told once, perhaps at once, when nobody is behind it any more, with the states
   *     that can be handed over
   */
  void close(Consumer<List<Snapshot>> closed) {
    List<Held> waiting;
    Consumer<List<Snapshot>> now;
    synchronized (this) {
      waiting = held;
      held = List.of();
      warm = Map.of();
      warmBytes = 0;
      whenClosed = closed;
      state = State.CLOSING;
      now = closedNow();
    }
    sendOn(waiting);
    tell(now);
  }

  private @Nullable Consumer<List<Snapshot>> closedNow() {
    if (state != State.CLOSING || inside > 0) {
      return null;
    }
    state = State.CLOSED;
    Consumer<List<Snapshot>> closed = whenClosed;
    whenClosed = null;
    return closed;
  }

  /** CLOSED is the last state, so nobody touches {@code warm} any more. */
  private void tell(@Nullable Consumer<List<Snapshot>> closed) {
    if (closed != null) {
      List<Snapshot> states = List.copyOf(warm.values());
      warm = Map.of();
      closed.accept(states);
    }
  }

  @Override
  public String toString() {
    return shard == null ? "no gate" : shard + " " + state;
  }
}
