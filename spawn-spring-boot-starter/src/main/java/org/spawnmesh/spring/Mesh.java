package org.spawnmesh.spring;

import org.spawnmesh.actor.ActorId;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.spring.payload.PayloadCodecs;

/** What every call needs: the node it goes through, the system it stays in, and the codecs. */
record Mesh(SpawnNode node, String system, PayloadCodecs codecs) {

  ActorId id(String type, String name) {
    return ActorId.of(system, type, name);
  }
}
