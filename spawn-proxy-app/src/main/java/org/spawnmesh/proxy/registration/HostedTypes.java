package org.spawnmesh.proxy.registration;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.runtime.TypeSummary;

/**
 * The actor types that can be called, by name: those that this node serves, and those that other
 * nodes of the mesh serve. Thread-safe; never blocks.
 */
final class HostedTypes {

  private final String system;
  private final Cluster cluster;
  private final ConcurrentHashMap<String, ActorDefinition> byName = new ConcurrentHashMap<>();

  /** Of all that were ever served: a type keeps its kind. */
  private final ConcurrentHashMap<String, Kind> kinds = new ConcurrentHashMap<>();

  private volatile InView inView = new InView(Map.of(), Map.of());

  HostedTypes(String system, Cluster cluster) {
    this.system = system;
    this.cluster = cluster;
  }

  /** What must be known of a type to call its actors. */
  record Template(ActorType type, Kind kind) {}

  /** A view's types as the view has them, and by name. */
  private record InView(Map<ActorType, Kind> types, Map<String, Template> byName) {

    static InView of(Map<ActorType, Kind> types, String system) {
      Map<String, Template> byName = new HashMap<>();
      types.forEach(
          (type, kind) -> {
            if (type.system().equals(system) && !type.name().startsWith(Reserved.PREFIX)) {
              byName.put(type.name(), new Template(type, kind));
            }
          });
      return new InView(types, byName);
    }
  }

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

  /** Null if this node never served it. */
  @Nullable Kind kind(String name) {
    return kinds.get(name);
  }

  /** Null if no other node of the mesh is known to serve it; this one may count as another. */
  @Nullable Kind kindInView(String name) {
    Template template = inView().get(name);
    return template == null ? null : template.kind();
  }

  /** As this node serves it; null if it does not. */
  @Nullable ActorDefinition get(String name) {
    return byName.get(name);
  }

  /** Null if no node serves it. */
  @Nullable Template find(String name) {
    ActorDefinition own = byName.get(name);
    return own == null ? inView().get(name) : new Template(own.type(), own.kind());
  }

  private Map<String, Template> inView() {
    InView known = inView;
    Map<ActorType, Kind> now = cluster.types();
    if (known.types != now) {
      known = InView.of(now, system);
      inView = known;
    }
    return known.byName;
  }
}
