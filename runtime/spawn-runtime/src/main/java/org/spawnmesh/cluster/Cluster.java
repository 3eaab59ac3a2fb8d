package org.spawnmesh.cluster;

import org.spawnmesh.actor.ActorId;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Ledger;
import org.spawnmesh.store.StoreException;

/**
 * This node's place in the mesh: how it becomes a member, and who owns which actor.
 *
 * <p>{@link #placement} is called for every invocation from many threads and must not block; the
 * others are called by one thread at a time and may block.
 */
public interface Cluster {

  /**
   * Becomes a member with a new incarnation; a former one is not used any more.
   *
   * @param writers how many writers the node commits with
   * @throws StoreException if the store refuses or cannot be reached; joining may be tried again
   */
  Incarnation join(Ledger ledger, int writers);

  /** Where this actor's invocations go in the current view. */
  Placement placement(ActorId actor);

  /** Is what {@link #join} achieved still valid? May ask the store; called every few seconds. */
  boolean isJoined();

  /** Leaves in good order; harmless if this node is not a member. */
  void leave();
}
