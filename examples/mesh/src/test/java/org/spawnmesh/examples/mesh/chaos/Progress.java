package org.spawnmesh.examples.mesh.chaos;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** The clock of the chaos: answers, of which there are none while nothing works. Thread-safe. */
final class Progress {

  private long answers;

  synchronized void answered() {
    answers++;
    notifyAll();
  }

  synchronized long answers() {
    return answers;
  }

  /** Returns after so many more answers, or after {@code most}. */
  synchronized void await(long more, Duration most) throws InterruptedException {
    long wanted = answers + more;
    long end = System.nanoTime() + most.toNanos();
    long left = most.toMillis();
    while (answers < wanted && left > 0) {
      wait(left);
      left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
    }
  }
}
