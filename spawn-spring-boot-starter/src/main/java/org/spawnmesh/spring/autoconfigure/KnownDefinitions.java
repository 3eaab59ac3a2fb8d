package org.spawnmesh.spring.autoconfigure;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.runtime.NodeListener;

/** What is declared at this node. Thread-safe. */
final class KnownDefinitions implements NodeListener {

  private final Map<ActorType, ActorDefinition> known = new ConcurrentHashMap<>();

  @Override
  public void hosted(ActorDefinition definition) {
    known.put(definition.type(), definition);
  }

  @Nullable ActorDefinition of(ActorType type) {
    return known.get(type);
  }
}
