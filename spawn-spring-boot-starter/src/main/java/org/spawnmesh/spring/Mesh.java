package org.spawnmesh.spring;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.spring.payload.PayloadCodecs;

/** What every call needs: the node it goes through, the system it stays in, and the codecs. */
record Mesh(
    SpawnNode node, String system, PayloadCodecs codecs, Map<String, ActorType> knownTypes) {

  /** Type names may come from anywhere; those that an application uses are few. */
  private static final int MOST_KNOWN_TYPES = 1_000;

  Mesh(SpawnNode node, String system, PayloadCodecs codecs) {
    this(node, system, codecs, new ConcurrentHashMap<>());
  }

  ActorId id(String type, String name) {
    return new ActorId(type(type), name);
  }

  /** The same object for the same name: it is checked once, and the engine finds it faster. */
  private ActorType type(String name) {
    ActorType known = knownTypes.get(name);
    if (known == null) {
      known = new ActorType(system, name);
      if (knownTypes.size() < MOST_KNOWN_TYPES) {
        knownTypes.put(name, known);
      }
    }
    return known;
  }
}
