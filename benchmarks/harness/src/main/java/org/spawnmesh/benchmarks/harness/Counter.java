package org.spawnmesh.benchmarks.harness;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What every peer implements: counter actors addressed by number, whose state is a long and a short
 * string. An actor that was never asked before answers 0 and exists from then on.
 *
 * <p>Called by many threads at once. A stage that fails counts as an error of the measurement.
 */
public interface Counter {

  /** How long a blocking call waits before it counts as failed; as an application would. */
  int TIMEOUT_SECONDS = 30;

  /** Adds {@code n} and answers the new value, durable first if the workload demands it. */
  CompletionStage<Long> add(int actor, long n);

  /** Answers the value. */
  CompletionStage<Long> get(int actor);

  /** {@link #add} for callers on virtual threads; override it if the peer has a blocking call. */
  default long addBlocking(int actor, long n)
      throws InterruptedException, ExecutionException, TimeoutException {
    return add(actor, n).toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }

  /** {@link #get} for callers on virtual threads; override it if the peer has a blocking call. */
  default long getBlocking(int actor)
      throws InterruptedException, ExecutionException, TimeoutException {
    return get(actor).toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
  }
}
