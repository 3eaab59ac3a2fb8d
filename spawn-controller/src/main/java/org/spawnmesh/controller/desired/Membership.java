package org.spawnmesh.controller.desired;

import java.util.Locale;
import org.spawnmesh.controller.api.ActorSystemSpec;
import org.spawnmesh.controller.api.ClusterSpec;

/** How the nodes of a system find each other, as {@code spawn.cluster.type} names it. */
enum Membership {
  /** One node with a file for itself. */
  STANDALONE,
  ZOOKEEPER,
  KUBERNETES;

  static Membership of(ActorSystemSpec spec) {
    if (Database.of(spec.statestore()) == Database.SQLITE) {
      return STANDALONE;
    }
    ClusterSpec cluster = spec.cluster();
    return cluster != null && cluster.zookeeper() != null ? ZOOKEEPER : KUBERNETES;
  }

  String type() {
    return name().toLowerCase(Locale.ROOT);
  }
}
