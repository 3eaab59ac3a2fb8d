package org.spawnmesh.proxy.registration;

import org.springframework.context.SmartLifecycle;

/** Serves the known hosts again: after the node has joined, before the first request comes in. */
final class RestoreOnStart implements SmartLifecycle {

  /** The node starts 1024 phases before the web server, at {@code DEFAULT_PHASE - 2048}. */
  private static final int PHASE = DEFAULT_PHASE - 2560;

  private final Registrations registrations;
  private volatile boolean running;

  RestoreOnStart(Registrations registrations) {
    this.registrations = registrations;
  }

  @Override
  public void start() {
    registrations.restore();
    running = true;
  }

  @Override
  public void stop() {
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }
}
