package org.spawnmesh.proxy.host;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Pauses that double up to a limit, each shortened by chance by up to a half. Confined. */
final class Backoff {

  private final RandomGenerator random;
  private final long longest;
  private long next;

  Backoff(Duration first, Duration longest, RandomGenerator random) {
    this.random = random;
    this.longest = longest.toNanos();
    this.next = Math.min(first.toNanos(), this.longest);
  }

  long nextNanos() {
    long pause = next;
    next = Math.min(2 * next, longest);
    return pause - random.nextLong(pause / 2 + 1);
  }
}
