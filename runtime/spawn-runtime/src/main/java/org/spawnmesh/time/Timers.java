package org.spawnmesh.time;

import java.time.Duration;

/**
 * A monotonic clock and what is planned on it. Deadlines, idle times and delays are measured here,
 * so a wall clock that jumps cannot expire or revive anything.
 *
 * <p>Thread-safe.
 */
public interface Timers {

  /** Nanoseconds since an arbitrary origin; never goes backwards. */
  long nanoTime();

  /** Runs {@code task} once after {@code delay}. The task must be short and must not block. */
  Timer schedule(Duration delay, Runnable task);

  /** Something planned. */
  interface Timer {

    /** Makes sure that the task does not start from now on; harmless when it ran already. */
    void cancel();
  }
}
