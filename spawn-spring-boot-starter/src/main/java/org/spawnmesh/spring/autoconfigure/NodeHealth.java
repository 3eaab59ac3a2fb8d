package org.spawnmesh.spring.autoconfigure;

import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.runtime.TypeSummary;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;

/**
 * UP while the node takes calls, OUT_OF_SERVICE while it is on its way there or back, DOWN when it
 * is over. Quarantined actors are counted and leave it UP: the others work.
 */
final class NodeHealth implements HealthIndicator {

  private final SpawnNode node;

  NodeHealth(SpawnNode node) {
    this.node = node;
  }

  @Override
  public Health health() {
    Health.Builder health =
        switch (node.status()) {
          case ACCEPTING -> new Health.Builder().up();
          case NEW, JOINING, REJOINING, LEAVING, DRAINING -> new Health.Builder().outOfService();
          case STOPPED -> new Health.Builder().down();
        };
    int activations = 0;
    int quarantined = 0;
    for (TypeSummary type : node.inspect().types()) {
      activations += type.activations();
      quarantined += type.quarantined();
    }
    return health
        .withDetail("node", node.status().name())
        .withDetail("store", node.store().describe())
        .withDetail("activations", activations)
        .withDetail("quarantined", quarantined)
        .build();
  }
}
