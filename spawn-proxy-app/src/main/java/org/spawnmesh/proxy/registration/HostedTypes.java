package org.spawnmesh.proxy.registration;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.runtime.TypeSummary;

/** The actor types that can be called, by name. Thread-safe; never blocks. */
final class HostedTypes {

  private final ConcurrentHashMap<String, ActorDefinition> byName = new ConcurrentHashMap<>();

  /** Takes what the node hosts otherwise, such as actors that are beans. */
  void addAll(SpawnNode node) {
    for (TypeSummary type : node.inspect().types()) {
      String name = type.definition().type().name();
      if (!name.startsWith(Reserved.PREFIX)) {
        byName.putIfAbsent(name, type.definition());
      }
    }
  }

  void put(ActorDefinition definition) {
    byName.put(definition.type().name(), definition);
  }

  @Nullable ActorDefinition get(String name) {
    return byName.get(name);
  }
}
