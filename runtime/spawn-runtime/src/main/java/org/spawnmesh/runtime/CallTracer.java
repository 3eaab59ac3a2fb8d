package org.spawnmesh.runtime;

import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;

/**
 * Follows calls on their way, by what it writes into their metadata: everything that a call causes
 * carries it on. Called from the engine's threads: must be thread-safe, must not block and must not
 * throw.
 */
public interface CallTracer {

  /**
   * A call enters the mesh at this node, from outside or out of an action's code, on the thread
   * that makes it. A message that an actor leaves behind does not enter: it goes on from its turn;
   * and a call that comes from another node has entered there.
   *
   * @return null if nobody follows it
   */
  default @Nullable Step called(Invocation invocation) {
    return null;
  }

  /**
   * A turn begins, on the thread that runs it to its end.
   *
   * @return null if nobody follows it
   */
  default @Nullable Step turn(Invocation invocation) {
    return null;
  }

  /** One part of a call's way. */
  interface Step {

    /** The same call as it goes on from here; what it causes has its metadata. */
    Invocation onward();

    /**
     * It is over: the caller is about to be told, or the turn has run, but perhaps is not durable
     * yet.
     */
    void ended(Answer answer);
  }
}
