package org.spawnmesh.benchmarks.harness;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One caller of a closed loop: at most one request under way, each to an actor picked at random.
 *
 * <p>Its fields have one user at a time: the caller's thread (VT), or whichever thread delivers the
 * reply (ASYNC), where sending the request publishes them to the next. Read them after {@code done}
 * was counted down.
 */
final class Caller implements BiConsumer<@Nullable Long, @Nullable Throwable> {
  private final Counter counter;
  private final Op op;
  private final int actors;
  private final long deadline;
  private final CountDownLatch done;

  private final Histogram latencies = new Histogram();
  private long failed;
  private long requestsLeft;
  private long sentAt;
  private long random = ThreadLocalRandom.current().nextLong() | 1;

  /** Ends when {@link System#nanoTime} passes {@code deadline} or {@code requests} were sent. */
  Caller(Counter counter, Op op, int actors, long deadline, long requests, CountDownLatch done) {
    this.counter = counter;
    this.op = op;
    this.actors = actors;
    this.deadline = deadline;
    this.requestsLeft = requests;
    this.done = done;
  }

  Histogram latencies() {
    return latencies;
  }

  long failed() {
    return failed;
  }

  /** Runs the whole loop on this thread. */
  void block() {
    while (another()) {
      try {
        op.call(counter, pick());
        answered(null);
      } catch (Exception e) {
        answered(e);
      }
    }
    done.countDown();
  }

  /**
   * Sends requests from this thread while replies are there at once; the callback of the first that
   * is not goes on with the loop. So the stack does not grow.
   */
  void send() {
    while (another()) {
      CompletableFuture<Long> reply;
      try {
        reply = op.send(counter, pick()).toCompletableFuture();
      } catch (RuntimeException e) {
        answered(e);
        continue;
      }
      if (!reply.isDone()) {
        reply.whenComplete(this);
        return;
      }
      answered(reply.isCompletedExceptionally() ? reply.exceptionNow() : null);
    }
    done.countDown();
  }

  @Override
  public void accept(@Nullable Long value, @Nullable Throwable failure) {
    answered(failure);
    send();
  }

  private boolean another() {
    sentAt = System.nanoTime();
    return requestsLeft-- > 0 && sentAt - deadline < 0;
  }

  private void answered(@Nullable Throwable failure) {
    if (failure == null) {
      latencies.record(System.nanoTime() - sentAt);
    } else if (failed++ == 0) {
      System.err.println("first failure of a caller: " + failure);
    }
  }

  /** Xorshift: a few instructions, and no state shared between callers. */
  private int pick() {
    random ^= random << 13;
    random ^= random >>> 7;
    random ^= random << 17;
    return (int) ((random >>> 33) % actors);
  }
}
