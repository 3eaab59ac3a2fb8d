package org.spawnmesh.proxy.registration;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.runtime.TypeSummary;

/** The actor types that can be called, by name. Thread-safe; never blocks. */
final class HostedTypes {

  private final ConcurrentHashMap<String, ActorDefinition> byName = new ConcurrentHashMap<>();

  /** Of all that were ever served: a type keeps its kind. */
  private final ConcurrentHashMap<String, Kind> kinds = new ConcurrentHashMap<>();

  /** Takes what the node hosts otherwise, such as actors that are beans. */
  void addAll(SpawnNode node) {
    for (TypeSummary type : node.inspect().types()) {
      String name = type.definition().type().name();
      if (!name.startsWith(Reserved.PREFIX)) {
        if (byName.putIfAbsent(name, type.definition()) == null) {
          kinds.put(name, type.definition().kind());
        }
      }
    }
  }

  void put(ActorDefinition definition) {
    kinds.put(definition.type().name(), definition.kind());
    byName.put(definition.type().name(), definition);
  }

  void remove(String name) {
    byName.remove(name);
  }

  /** Null if it was never served. */
  @Nullable Kind kind(String name) {
    return kinds.get(name);
  }

  @Nullable ActorDefinition get(String name) {
    return byName.get(name);
  }
}
