package org.spawnmesh.benchmarks.harness;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

/**
 * One get to each of a range of actors, in order, as fast as a window of requests under way allows.
 *
 * @param latencies of the requests that were answered
 * @param failed requests that were not
 * @param sum of the answers
 */
record Sweep(double seconds, Histogram latencies, long failed, long sum) {
  /** Requests under way at most. */
  static final int WINDOW = 1_024;

  static Sweep over(Counter counter, int firstActor, int actors) throws InterruptedException {
    var window = new Semaphore(WINDOW);
    var sum = new LongAdder();
    var nanos = new long[actors]; // 0 where the request failed; published by the window's permits
    long start = System.nanoTime();
    for (int i = 0; i < actors; i++) {
      int slot = i;
      window.acquire();
      long sentAt = System.nanoTime();
      get(counter, firstActor + i)
          .whenComplete(
              (value, failure) -> {
                if (failure == null) {
                  nanos[slot] = System.nanoTime() - sentAt;
                  sum.add(value);
                } else {
                  System.err.println("actor " + (firstActor + slot) + ": " + failure);
                }
                window.release();
              });
    }
    window.acquire(WINDOW);
    double seconds = (System.nanoTime() - start) / 1e9;

    var latencies = new Histogram();
    for (long n : nanos) {
      if (n > 0) {
        latencies.record(n);
      }
    }
    return new Sweep(seconds, latencies, actors - latencies.count(), sum.sum());
  }

  private static CompletionStage<Long> get(Counter counter, int actor) {
    try {
      return counter.get(actor);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
