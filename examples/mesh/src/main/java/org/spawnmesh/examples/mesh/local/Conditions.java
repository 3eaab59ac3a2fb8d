package org.spawnmesh.examples.mesh.local;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for what another process tells only to those who ask. */
public final class Conditions {

  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(20);

  private Conditions() {}

  /**
   * Returns as soon as the condition holds.
   *
   * @param what in the indicative, for the message
   * @throws IllegalStateException if it does not hold in time
   */
  public static void await(String what, Duration patience, BooleanSupplier condition)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!condition.getAsBoolean()) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("Not within %s: %s".formatted(patience, what));
      }
      LockSupport.parkNanos(PAUSE);
    }
  }
}
