package org.spawnmesh.proxy.registration;

import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.SpawnException;

/** Who is meant by a name: on the wire, an actor is often called by its name alone. Thread-safe. */
public interface Directory {

  /**
   * The actor of that name. May block.
   *
   * @param system the actor system
   * @param name the actor's name
   * @param registerRef the definition that the actor becomes an instance of, if it is not one yet;
   *     empty for an actor that is known already
   * @throws SpawnException if no actor of that name is known
   */
  ActorId resolve(String system, String name, String registerRef);
}
