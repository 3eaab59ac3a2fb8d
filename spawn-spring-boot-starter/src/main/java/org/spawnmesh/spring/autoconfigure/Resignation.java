package org.spawnmesh.spring.autoconfigure;

import java.time.Duration;
import org.spawnmesh.runtime.NodeStatus;
import org.spawnmesh.runtime.SpawnNode;
import org.springframework.context.SmartLifecycle;

/**
 * The first thing that happens when the application stops: the node gives its actors to others
 * while its web server still takes requests, and sends on what comes for them.
 */
final class Resignation implements SmartLifecycle {

  private final SpawnNode node;
  private final Duration patience;

  Resignation(SpawnNode node, Duration patience) {
    this.node = node;
    this.patience = patience;
  }

  /** The node is started by {@link SpawnLifecycle}. */
  @Override
  public void start() {}

  @Override
  public void stop() {
    node.resign(patience);
  }

  @Override
  public boolean isRunning() {
    return node.status() == NodeStatus.ACCEPTING || node.status() == NodeStatus.REJOINING;
  }

  @Override
  public int getPhase() {
    return DEFAULT_PHASE;
  }

  @Override
  public boolean isPauseable() {
    return false;
  }
}
