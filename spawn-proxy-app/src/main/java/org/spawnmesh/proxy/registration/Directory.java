package org.spawnmesh.proxy.registration;

import org.spawnmesh.actor.ActorId;

/** Finds actors the way the protocol names them: by system and name. Thread-safe. */
public interface Directory {

  /**
   * The identity of an actor. May block; call it from a virtual thread.
   *
   * @param registerRef the UNNAMED definition to spawn the actor from if it is not known yet; empty
   *     for none
   * @throws org.spawnmesh.actor.SpawnException coded, if there is no such actor
   */
  ActorId resolve(String system, String name, String registerRef);
}
