package org.spawnmesh.spring.management;

import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;

/** Types and actors of a system by the names in requests; a name that can be none is refused. */
record Ids(String system) {

  ActorType type(String typeName) {
    try {
      return new ActorType(system, typeName);
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  ActorId actor(String typeName, String actorName) {
    try {
      return new ActorId(type(typeName), actorName);
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest(String.valueOf(e.getMessage()));
    }
  }
}
