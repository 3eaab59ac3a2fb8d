package org.spawnmesh.cluster;

import java.util.List;
import java.util.Map;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.View;

/**
 * What nodes say to each other beside invocations. Each is sent with the sender's view. Every
 * message may be lost, and all but {@link Published} may come late; the answer to a request that
 * was lost is asked for again.
 */
public sealed interface PeerMessage {

  /** The sender has this view now. */
  record Published() implements PeerMessage {}

  /**
   * The store has this view, which the sender has raised: nobody has to read it there to know it.
   * True in whatever view the sender is.
   */
  record Raised(View next) implements PeerMessage {}

  /**
   * The sender acquires all shards that the view gives to it: who of you still holds any? Who owns
   * none asks when the others have opened theirs, which may have been its own.
   */
  record Claim() implements PeerMessage {}

  /**
   * The answer to a claim in the same view: the sender holds none of them, except these. To one
   * that owns none: the sender has opened its shards, except these; it is told again when all are
   * open.
   */
  record Cleared(List<Shard> except) implements PeerMessage {

    public Cleared {
      except = List.copyOf(except);
    }
  }

  /** States that the receiver need not load when the shard is its own; before {@link Released}. */
  record Warm(Shard shard, List<Snapshot> states) implements PeerMessage {

    public Warm {
      states = List.copyOf(states);
    }
  }

  /** The sender holds nothing of this shard any more, in memory, in flight or unresolved. */
  record Released(Shard shard) implements PeerMessage {}

  /** The sender cannot reach this member, which may be dead. */
  record Suspected(Incarnation member) implements PeerMessage {}

  /**
   * A broadcast, for the subscribers that are on the receiving node.
   *
   * @param source the actor that sent it
   */
  record Cast(Broadcast broadcast, ActorId source, Map<String, String> metadata)
      implements PeerMessage {}
}
