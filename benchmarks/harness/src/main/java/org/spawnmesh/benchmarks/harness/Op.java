package org.spawnmesh.benchmarks.harness;

import java.util.Locale;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** The request a closed loop repeats. */
enum Op {
  ADD {
    @Override
    CompletionStage<Long> send(Counter counter, int actor) {
      return counter.add(actor, 1);
    }

    @Override
    long call(Counter counter, int actor)
        throws InterruptedException, ExecutionException, TimeoutException {
      return counter.addBlocking(actor, 1);
    }
  },

  GET {
    @Override
    CompletionStage<Long> send(Counter counter, int actor) {
      return counter.get(actor);
    }

    @Override
    long call(Counter counter, int actor)
        throws InterruptedException, ExecutionException, TimeoutException {
      return counter.getBlocking(actor);
    }
  };

  abstract CompletionStage<Long> send(Counter counter, int actor);

  abstract long call(Counter counter, int actor)
      throws InterruptedException, ExecutionException, TimeoutException;

  /** As it stands in a measurement. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
