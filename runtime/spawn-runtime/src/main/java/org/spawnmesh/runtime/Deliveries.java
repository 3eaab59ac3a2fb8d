package org.spawnmesh.runtime;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.Gate;
import org.spawnmesh.cluster.Placement;
import org.spawnmesh.store.OutboxEntry;

/**
 * Delivers what the actors of this node have sent, as soon as it is durable, and until their
 * targets have applied it durably. What one actor sends to another arrives in its order: the next
 * message leaves when the one before is settled.
 *
 * <pre>
 * in the outbox ──sent──► at its target ──applied──► delivered, leaves the outbox
 *      ▲                       └──failed──► waits a while, is sent again
 *      │                                        └──too often──► a dead letter
 *      └────────────────────────retried by somebody─────────────────┘
 * </pre>
 *
 * <p>This is who sends for whom; a {@link Sender} does it, and {@link Leftovers} are looked for.
 *
 * <p>Thread-safe; nothing here blocks.
 */
final class Deliveries {

  private final Activations activations;
  private final Cluster cluster;
  private final Leftovers leftovers;
  private final Map<ActorId, Sender> senders = new ConcurrentHashMap<>();
  private final Room room = new Room();
  private volatile boolean running;

  Deliveries(Activations activations, Cluster cluster) {
    this.activations = activations;
    this.cluster = cluster;
    this.leftovers = new Leftovers(this, activations);
  }

  // ---- life ----

  /** The node is a member: what waits in the store is looked for, now and again. */
  void start() {
    running = true;
    leftovers.start();
    joined();
  }

  /** What actors without a shard have left behind is this node's, too. */
  void joined() {
    opened(Gate.UNGUARDED);
  }

  /** The actors behind this gate are this node's now, with what they have left behind. */
  void opened(Gate gate) {
    if (gate.shard() != null) {
      // others may have sent and delivered since this node had the shard
      senders.keySet().stream().filter(gate::guards).toList().forEach(this::forget);
    }
    leftovers.opened(gate);
  }

  /** There may be more types than there were. */
  void sweepNow() {
    leftovers.lookNow();
  }

  /** Nothing more leaves; what is not delivered stays in the store. */
  void stop() {
    running = false;
    leftovers.stop();
    forgetAll();
  }

  /** What is in memory may be somebody else's by now. */
  void forgetAll() {
    leftovers.forgetAll();
    senders.keySet().forEach(this::forget);
  }

  void forget(ActorId id) {
    Sender sender = senders.remove(id);
    if (sender != null) {
      sender.end();
    }
  }

  void endIfDone(Sender sender) {
    senders.computeIfPresent(
        sender.id, (key, found) -> found == sender && sender.endsNow() ? null : found);
  }

  // ---- what comes in ----

  /**
   * This actor has sent these, in their order, and they are durable.
   *
   * @param gate behind which the actor is
   */
  void take(ActorId id, Gate gate, List<OutboxEntry> entries) {
    boolean taken = !running;
    while (!taken) {
      taken = sender(id, leftovers.mayBeBehind(gate)).take(entries);
    }
  }

  /** Something of this actor may be in the store. */
  void look(ActorId id) {
    boolean looks = !isHere(id);
    while (!looks) {
      looks = sender(id, true).lookAgain();
    }
  }

  /** As {@link #look}, of an actor whose messages nobody may be delivering. */
  void lookUnlessKnown(ActorId id) {
    if (!senders.containsKey(id)) {
      look(id);
    }
  }

  private Sender sender(ActorId id, boolean behind) {
    return senders.compute(
        id,
        (key, found) ->
            found == null || found.hasEnded()
                ? new Sender(this, activations, room, id, behind)
                : found);
  }

  /** Is this node the one that delivers what the actor sent? */
  boolean isHere(ActorId id) {
    if (!running) {
      return false;
    }
    return switch (cluster.placement(Invocation.tell(id, "", Payload.NONE))) {
      case Placement.Here here -> here.gate().isOpen();
      case Placement.At elsewhere -> false;
      case Placement.Nowhere unknown -> {
        leftovers.doubt();
        yield false;
      }
    };
  }

  // ---- for the curious ----

  int inMemory() {
    return room.entries();
  }

  long bytesInMemory() {
    return room.bytes();
  }
}
