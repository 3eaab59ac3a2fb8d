package org.spawnmesh.cluster.kubernetes;

import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One thread that does the same thing again and again, whenever there is a reason for it. A round
 * sees to all reasons that were given before it began. Thread-safe.
 */
final class Rounds {

  /** What is done in a round; may block, and fails as it likes. */
  interface Round {
    void make() throws Exception;
  }

  private final Round round;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition moved = lock.newCondition();
  private boolean closed;

  /** How many reasons were given, and how many of them were seen to. */
  private long asked;

  private long seenTo;
  private @Nullable Exception failure;

  Rounds(ThreadFactory threads, Round round) {
    this.round = round;
    this.thread = threads.newThread(this::run);
  }

  void start() {
    thread.start();
  }

  /** Gives a reason for a round; does not block. */
  long ask() {
    lock.lock();
    try {
      moved.signalAll();
      return ++asked;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until a round saw to this reason; what went wrong, or null. */
  @Nullable Exception await(long reason, Duration patience) {
    lock.lock();
    try {
      long left = patience.toNanos();
      while (seenTo < reason) {
        if (closed || left <= 0) {
          return new IllegalStateException(closed ? "it is closed" : "no answer in " + patience);
        }
        left = moved.awaitNanos(left);
      }
      return failure;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e;
    } finally {
      lock.unlock();
    }
  }

  /** No round begins from now on; the one that is under way is interrupted. */
  void close() {
    lock.lock();
    try {
      closed = true;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
    thread.interrupt();
  }

  private void run() {
    for (long reason = next(); reason > 0; reason = next()) {
      Exception why = null;
      try {
        round.make();
      } catch (Exception e) {
        why = e;
      }
      finish(reason, why);
    }
  }

  /** The last reason there is, when there is one; 0 when there will be none. */
  private long next() {
    lock.lock();
    try {
      while (!closed && seenTo == asked) {
        moved.awaitUninterruptibly();
      }
      return closed ? 0 : asked;
    } finally {
      lock.unlock();
    }
  }

  private void finish(long reason, @Nullable Exception why) {
    lock.lock();
    try {
      seenTo = reason;
      failure = why;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
