package org.spawnmesh.proxy.ingress;

import java.time.Duration;
import org.spawnmesh.runtime.SpawnNode;
import org.springframework.context.SmartLifecycle;

/**
 * Drains the node while the web server still runs: actions that are finished may call back, and who
 * comes late hears that he shall go elsewhere.
 *
 * <pre>
 * the node drains ──► the web server finishes its answers, and stops
 * </pre>
 */
final class DrainFirst implements SmartLifecycle {

  /** Spring Boot's web server begins to stop at {@code DEFAULT_PHASE - 1024}. */
  private static final int PHASE = DEFAULT_PHASE - 512;

  private final SpawnNode node;
  private final Duration patience;
  private volatile boolean running;

  DrainFirst(SpawnNode node, Duration patience) {
    this.node = node;
    this.patience = patience;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    running = false;
    node.drain(patience);
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  /** A node that was drained does not come back. */
  @Override
  public boolean isPauseable() {
    return false;
  }
}
