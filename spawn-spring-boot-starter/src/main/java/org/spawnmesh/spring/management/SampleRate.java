package org.spawnmesh.spring.management;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Which calls are looked at closely: all while there are few, about {@value #A_SECOND} a second
 * while there are many, by chance. Thread-safe.
 */
final class SampleRate {

  static final int A_SECOND = 128;

  private static final int MOST = 1 << 16;
  private static final long SECOND = 1_000_000_000L;

  /** So many seconds' worth, taken sooner, are a burst: the rate falls before {@link #adapt}. */
  private static final int BURST = 4;

  private final LongSupplier nanoTime;
  private final AtomicInteger taken = new AtomicInteger();

  /** One call of so many is taken; a power of two. */
  private volatile int stride = 1;

  // guarded by this
  private long takenSince;
  private long adaptedAt;
  private long callsThen;

  SampleRate(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    takenSince = nanoTime.getAsLong();
    adaptedAt = takenSince;
  }

  /** For how many calls the next one stands; 0 if it is none of those that are looked at. */
  int weight() {
    int now = stride;
    if (now > 1 && (ThreadLocalRandom.current().nextInt() & (now - 1)) != 0) {
      return 0;
    }
    if (taken.incrementAndGet() >= BURST * A_SECOND) {
      took();
    }
    return now;
  }

  private synchronized void took() {
    if (taken.get() < BURST * A_SECOND) {
      return; // another thread was here
    }
    long now = nanoTime.getAsLong();
    if (now - takenSince < BURST * SECOND) {
      stride = Math.min(MOST, stride * 2);
    }
    takenSince = now;
    taken.set(0);
  }

  /**
   * To be called now and then; once a second is enough.
   *
   * @param calls how many there were since the beginning
   */
  synchronized void adapt(long calls) {
    long now = nanoTime.getAsLong();
    long nanos = now - adaptedAt;
    if (nanos < SECOND) {
      return;
    }
    double wanted = (calls - callsThen) * (double) SECOND / nanos / A_SECOND;
    stride = Integer.highestOneBit(Math.clamp((long) wanted, 1, MOST));
    adaptedAt = now;
    callsThen = calls;
    takenSince = now;
    taken.set(0);
  }
}
