package org.spawnmesh.proxy.wire;

import java.time.Duration;
import java.time.Instant;

/** When a message wants to run ({@code scheduled_to}). Pure. */
public final class DueTime {

  /**
   * Below this (March 1973) a number was meant as a delay: some hosts send milliseconds from now.
   */
  private static final long FIRST_EPOCH_MILLIS = 100_000_000_000L;

  /** Farther ahead is a mistake, and no timer could count it. */
  private static final Duration FARTHEST = Duration.ofDays(100 * 365);

  private DueTime() {}

  /**
   * @param scheduledTo milliseconds since 1970, or from now; 0 and the past are now
   * @throws IllegalArgumentException if it is more than a hundred years ahead
   */
  public static Duration delay(long scheduledTo, Instant now) {
    long millis = scheduledTo < FIRST_EPOCH_MILLIS ? scheduledTo : scheduledTo - now.toEpochMilli();
    if (millis > FARTHEST.toMillis()) {
      throw new IllegalArgumentException(
          "scheduled_to is %d, more than a hundred years ahead".formatted(scheduledTo));
    }
    return Duration.ofMillis(Math.max(0, millis));
  }
}
