package org.spawnmesh.proxy.host;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.timelimiter.TimeLimiter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.spawnmesh.proxy.host.Outcome.Answered;
import org.spawnmesh.proxy.host.Outcome.Late;

/**
 * Keeps calls away from a host that takes them and does not answer.
 *
 * <p>Only that speaks against a host. An answer, whatever it says, speaks for it: an action that
 * fails is no failing host. That no connection could be made is the affair of {@link Liveness}. And
 * a connection that ended without an answer says nothing: it is how one SDK says that an action
 * threw, and if the process died, the next connect finds out. Thread-safe.
 */
final class Circuit {

  /** An attempt to ask. */
  @FunctionalInterface
  interface Attempt {

    Outcome run() throws InterruptedException;
  }

  private final CircuitBreaker breaker;
  private final TimeLimiter limiter;
  private final long slowNanos;
  private final LongSupplier nanoTime;

  Circuit(CircuitBreaker breaker, TimeLimiter limiter, Duration slowAfter, LongSupplier nanoTime) {
    this.breaker = breaker;
    this.limiter = limiter;
    this.slowNanos = slowAfter.toNanos();
    this.nanoTime = nanoTime;
  }

  /** If so, {@link #watch} must follow. */
  boolean letsPass() {
    return breaker.tryAcquirePermission();
  }

  Outcome watch(Attempt attempt) throws InterruptedException {
    long began = nanoTime.getAsLong();
    boolean judged = false;
    try {
      Outcome outcome = attempt.run();
      judged = judge(outcome, nanoTime.getAsLong() - began);
      return outcome;
    } finally {
      if (!judged) {
        breaker.releasePermission();
      }
    }
  }

  private boolean judge(Outcome outcome, long nanos) {
    return switch (outcome) {
      case Answered answered when Replies.isOfTheHost(answered.reply()) -> {
        breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
        limiter.onSuccess();
        yield true;
      }
      case Answered inItsPlace -> {
        breaker.onError(
            nanos,
            TimeUnit.NANOSECONDS,
            new IllegalStateException("HTTP " + inItsPlace.reply().status()));
        yield true;
      }
      case Late late -> {
        TimeoutException timeout = new TimeoutException("not answered");
        limiter.onError(timeout);
        if (nanos < slowNanos) {
          yield false;
        }
        breaker.onError(nanos, TimeUnit.NANOSECONDS, timeout);
        yield true;
      }
      default -> false;
    };
  }
}
