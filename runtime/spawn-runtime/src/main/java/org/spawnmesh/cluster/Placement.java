package org.spawnmesh.cluster;

import org.spawnmesh.actor.Failure;

/** Where an actor is to be found. */
public sealed interface Placement {

  /**
   * On this node.
   *
   * @param gate of the actor's shard; it may not be open yet
   */
  record Here(Gate gate) implements Placement {}

  /** On another node. */
  record At(Peer peer) implements Placement {}

  /** Nowhere, or nobody can tell now. */
  record Nowhere(Failure why) implements Placement {}

  /** On this node, which is the only one. */
  Placement HERE = new Here(Gate.UNGUARDED);
}
