package org.spawnmesh.proxy.ingress;

import java.time.Duration;
import org.spawnmesh.actor.Invocation;

/**
 * Calls that are to run later ({@code scheduled_to}). The one place that knows how they wait until
 * then. Thread-safe; never blocks.
 */
interface Deliveries {

  /** Sends the call after the delay. When this returns the call is accepted. */
  void after(Duration delay, Invocation invocation);
}
