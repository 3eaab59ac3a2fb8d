package org.spawnmesh.test;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.PriorityQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.time.Timers;

/**
 * Time that stands still until a test moves it. What is planned runs on the thread that calls
 * {@link #advance}, in the order of its time. The wall clock can be set apart, also backwards.
 *
 * <p>Thread-safe.
 */
public final class VirtualTimers implements Timers, InstantSource {

  private record Planned(long at, long order, Runnable task) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final PriorityQueue<Planned> planned =
      new PriorityQueue<>(
          java.util.Comparator.comparingLong(Planned::at).thenComparingLong(Planned::order));
  private long now;
  private long order;
  private Instant epoch = Instant.parse("2030-01-01T00:00:00Z");

  @Override
  public long nanoTime() {
    lock.lock();
    try {
      return now;
    } finally {
      lock.unlock();
    }
  }

  /** Wall-clock time: what it was set to, plus the virtual time since then. */
  @Override
  public Instant instant() {
    lock.lock();
    try {
      return epoch.plusNanos(now);
    } finally {
      lock.unlock();
    }
  }

  /** Sets the wall clock, for example back; the monotonic clock goes on as before. */
  public void setWallClock(Instant instant) {
    lock.lock();
    try {
      epoch = instant.minusNanos(now);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    lock.lock();
    try {
      Planned entry = new Planned(now + Math.max(0, delay.toNanos()), order++, task);
      planned.add(entry);
      return () -> {
        lock.lock();
        try {
          planned.remove(entry);
        } finally {
          lock.unlock();
        }
      };
    } finally {
      lock.unlock();
    }
  }

  /** Moves time forward, and runs on the way what becomes due. */
  public void advance(Duration by) {
    long target = nanoTime() + by.toNanos();
    for (Planned due = next(target); due != null; due = next(target)) {
      due.task().run();
    }
    lock.lock();
    try {
      now = Math.max(now, target);
    } finally {
      lock.unlock();
    }
  }

  /** Moves to the next planned moment and runs what is due then; false if nothing is planned. */
  public boolean advanceToNext() {
    Planned due = next(Long.MAX_VALUE);
    if (due == null) {
      return false;
    }
    due.task().run();
    return true;
  }

  private @Nullable Planned next(long target) {
    lock.lock();
    try {
      Planned first = planned.peek();
      if (first == null || first.at() > target) {
        return null;
      }
      now = Math.max(now, first.at());
      return planned.poll();
    } finally {
      lock.unlock();
    }
  }
}
