package org.spawnmesh.benchmarks.harness;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests at a fixed rate, however long the answers take: latency without queues of our own
 * making. It counts from the moment a request was due, so a slow sender hides nothing.
 */
record FixedRate(Counter counter, Op op, int actors, int perSecond) {

  record Phase(double opsPerSecond, Histogram latencies, long failed) {}

  Phase run(Extent extent) throws InterruptedException {
    int requests =
        switch (extent) {
          case Extent.Time(var length) -> (int) (length.toSeconds() * perSecond);
          case Extent.Requests(var each) -> (int) each;
        };
    long period = 1_000_000_000L / perSecond;
    long[] nanos = new long[requests]; // 0 where it failed; published by the latch
    var failed = new AtomicLong();
    var answered = new CountDownLatch(requests);
    long start = System.nanoTime();
    for (int i = 0; i < requests; i++) {
      int slot = i;
      long due = start + i * period;
      for (long now = System.nanoTime(); now < due; now = System.nanoTime()) {
        LockSupport.parkNanos(due - now);
      }
      CompletionStage<Long> answer = op.send(counter, ThreadLocalRandom.current().nextInt(actors));
      answer.whenComplete(
          (value, failure) -> {
            if (failure == null) {
              nanos[slot] = System.nanoTime() - due;
            } else if (failed.getAndIncrement() == 0) {
              System.err.println("first failure: " + failure);
            }
            answered.countDown();
          });
    }
    answered.await();
    double seconds = (System.nanoTime() - start) / 1e9;
    var latencies = new Histogram();
    for (long n : nanos) {
      if (n > 0) {
        latencies.record(n);
      }
    }
    return new Phase(latencies.count() / seconds, latencies, failed.get());
  }
}
