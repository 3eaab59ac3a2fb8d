package org.spawnmesh.benchmarks.harness;

import java.time.Duration;

/**
 * How long is warmed up, how long and how often is measured.
 *
 * @param warmUp runs before the repetitions and is thrown away
 * @param measure one repetition
 * @param reps repetitions in this JVM; {@code run} starts several JVMs with one repetition each
 * @param settle how long a JVM rests before its heap is measured: longer than any peer's request
 *     timeout, so that no peer is charged for the timers of requests that are long answered
 */
record Schedule(Extent warmUp, Extent measure, int reps, Duration settle) {

  /**
   * From the system properties {@code bench.warmup}, {@code bench.measure}, {@code bench.settle}
   * (seconds) and {@code bench.reps}.
   */
  static Schedule fromProperties() {
    return new Schedule(
        new Extent.Time(seconds("bench.warmup", 10)),
        new Extent.Time(seconds("bench.measure", 15)),
        Integer.getInteger("bench.reps", 1),
        seconds("bench.settle", Counter.TIMEOUT_SECONDS + 5));
  }

  private static Duration seconds(String property, int otherwise) {
    return Duration.ofSeconds(Integer.getInteger(property, otherwise));
  }
}
