package org.spawnmesh.cluster;

/** Where an actor is to be found. */
public sealed interface Placement {

  /** On this node. */
  record Here() implements Placement {}

  /** On another node. */
  record At(Peer peer) implements Placement {}

  Placement HERE = new Here();
}
