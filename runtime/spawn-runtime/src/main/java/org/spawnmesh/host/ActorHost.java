package org.spawnmesh.host;

/**
 * The code that runs actions. It gets all it needs in the {@link HostCall} and keeps no actor state
 * of its own.
 *
 * <p>Thread-safe. The engine calls it on a virtual thread, which it may block; never twice at once
 * for one activation, except for reentrant actions. No lock of the engine is held during the call,
 * so the host may call back into the mesh.
 */
@FunctionalInterface
public interface ActorHost {

  /**
   * Runs the action and answers what it replied and decided.
   *
   * @throws ActionFailedException if the action ran and failed, or could not read its input; the
   *     actor's state stays as it was
   * @throws Exception anything else counts as an action that ran and failed
   */
  HostReply call(HostCall call) throws Exception;
}
