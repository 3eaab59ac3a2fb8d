package org.spawnmesh.runtime;

/** Why an activation ended. */
public enum PassivationReason {
  /** Nobody called it for its idle timeout. */
  IDLE,
  /** Memory was short, and it was among those unused for longest. */
  MEMORY,
  /** Somebody asked for it. */
  REQUESTED,
  /** The node drains. */
  DRAIN,
  /** Its shard is another node's now. */
  MOVED,
  /**
   * It held changes that could not be made durable, or the node lost it; it reloads when called.
   */
  ABANDONED
}
