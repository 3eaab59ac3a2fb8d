package org.spawnmesh.proxy.ingress;

import java.time.Duration;
import java.time.Instant;

/** When a request wants to run. Pure. */
final class DueTime {

  /**
   * Below this (March 1973) a number was meant as a delay: some hosts send milliseconds from now.
   */
  private static final long FIRST_EPOCH_MILLIS = 100_000_000_000L;

  private DueTime() {}

  /**
   * @param scheduledTo milliseconds since 1970, or from now; 0 and the past are now
   */
  static Duration delay(long scheduledTo, Instant now) {
    long millis = scheduledTo < FIRST_EPOCH_MILLIS ? scheduledTo : scheduledTo - now.toEpochMilli();
    return Duration.ofMillis(Math.max(0, millis));
  }
}
