package org.spawnmesh.runtime;

/** Where a node is in its life; see {@link SpawnNode}. */
public enum NodeStatus {
  /** Made, not started. */
  NEW,
  /** Getting its right to write from the store. */
  JOINING,
  /** Takes calls. */
  ACCEPTING,
  /** Lost its right to write and is getting a new one; refuses calls. */
  REJOINING,
  /** Gives its actors to other nodes; takes calls and sends them on. */
  LEAVING,
  /** Finishes what it accepted; refuses new calls from outside. */
  DRAINING,
  /** Over. */
  STOPPED
}
