package org.spawnmesh.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.time.Timers;

/**
 * Sees to it that every call is answered by its deadline, give or take {@link #TICK}.
 *
 * <p>A timer for each call would cost more than most turns. Calls are pushed on a stack instead,
 * and every tick looks through those that came since the last one: nearly all are answered by then,
 * and only the rest is kept and looked at again. When many come between two ticks, whoever pushed
 * one too many clears the stack before: answered calls that are still in the processor's cache are
 * cheap to drop, and are not kept alive for the garbage collector to copy. Thread-safe.
 */
final class Deadlines {

  private static final Logger log = LoggerFactory.getLogger(Deadlines.class);

  static final Duration TICK = Duration.ofMillis(20);

  /** How high the stack may grow before it is cleared, if few calls wait. */
  private static final int STACK = 1024;

  private static final VarHandle NEWEST;

  static {
    try {
      NEWEST = MethodHandles.lookup().findVarHandle(Deadlines.class, "newest", Call.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Timers timers;
  private final AtomicBoolean armed = new AtomicBoolean();

  @SuppressWarnings("UnusedVariable") // through NEWEST
  private volatile @Nullable Call newest;

  /** Held by one tick at a time. */
  private final ReentrantLock lock = new ReentrantLock();

  private List<Call> waiting = new ArrayList<>();

  /** Grows with {@link #waiting}, so that clearing costs each call little, however many wait. */
  private volatile int highest = STACK;

  Deadlines(Timers timers) {
    this.timers = timers;
  }

  void watch(Call call) {
    Call before;
    do {
      before = newest;
      call.nextWatched = before;
      call.watched = before == null ? 1 : before.watched + 1;
    } while (!NEWEST.weakCompareAndSet(this, before, call));
    if (call.watched >= highest && lock.tryLock()) {
      try {
        collect();
      } finally {
        lock.unlock();
      }
    }
    if (!armed.get() && armed.compareAndSet(false, true)) {
      timers.schedule(TICK, this::tick);
    }
  }

  private void tick() {
    try {
      look();
    } catch (RuntimeException | Error e) {
      log.error("Deadlines were not looked at; the next tick does", e);
      timers.schedule(TICK, this::tick);
    }
  }

  private void look() {
    lock.lock();
    try {
      boolean any = collect();
      long now = timers.nanoTime();
      for (Call call : waiting) {
        if (call.isOverdue(now)) {
          call.expire(
              FailureCode.DEADLINE_PASSED,
              call.invocation + " was not answered before its deadline");
        }
      }
      if (any || !waiting.isEmpty()) {
        timers.schedule(TICK, this::tick);
        return;
      }
    } finally {
      lock.unlock();
    }
    armed.set(false);
    // a call that was pushed before that saw a tick coming that will not come
    if (isWatching() && armed.compareAndSet(false, true)) {
      timers.schedule(TICK, this::tick);
    }
  }

  /** Is there a call that was pushed, or pushed and moved to {@link #waiting} since? */
  private boolean isWatching() {
    lock.lock();
    try {
      return newest != null || !waiting.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Keeps those that are not answered; true if any came since the last tick. */
  private boolean collect() {
    Call fresh = (Call) NEWEST.getAndSet(this, null);
    boolean any = fresh != null;
    List<Call> unanswered = new ArrayList<>();
    for (Call call : waiting) {
      if (!call.isDone()) {
        unanswered.add(call);
      }
    }
    while (fresh != null) {
      Call next = fresh.nextWatched;
      fresh.nextWatched = null;
      if (!fresh.isDone()) {
        unanswered.add(fresh);
      }
      fresh = next;
    }
    waiting = unanswered;
    highest = Math.max(STACK, 4 * unanswered.size());
    return any;
  }

  /** The node ends: nobody else will answer what is still waiting. */
  void expireAll(FailureCode code, String why) {
    lock.lock();
    try {
      collect();
      waiting.forEach(call -> call.expire(code, call.invocation + ": " + why));
    } finally {
      lock.unlock();
    }
  }
}
