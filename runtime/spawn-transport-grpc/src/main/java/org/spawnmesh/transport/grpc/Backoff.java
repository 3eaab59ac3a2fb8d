package org.spawnmesh.transport.grpc;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: twice as long after each failure, between the bounds,
 * and a random part of up to a half less, so that the nodes of a mesh do not all come at once.
 * Immutable.
 */
record Backoff(Duration least, Duration most) {

  /**
   * @param failures how many attempts failed in a row, 1 or more
   */
  Duration after(int failures, RandomGenerator random) {
    int doublings = Math.min(failures - 1, 30);
    long whole = Math.min(most.toNanos(), least.toNanos() << doublings);
    // so many doublings may go beyond what a long can hold
    long bounded = whole < least.toNanos() ? most.toNanos() : whole;
    return Duration.ofNanos(bounded - (long) (random.nextDouble() * bounded / 2));
  }
}
