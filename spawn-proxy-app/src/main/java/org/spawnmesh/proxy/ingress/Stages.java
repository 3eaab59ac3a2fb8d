package org.spawnmesh.proxy.ingress;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.SpawnException;
import reactor.core.publisher.Mono;

/** From the engine's stages, and from code that blocks, to Reactor. */
final class Stages {

  private Stages() {}

  /** A caller that goes away does not cancel what was accepted. */
  static <T> Mono<T> mono(CompletionStage<T> stage) {
    return Mono.create(
        sink ->
            stage.whenComplete(
                (value, error) -> {
                  if (error != null) {
                    sink.error(error);
                  } else {
                    sink.success(value);
                  }
                }));
  }

  /**
   * @param threads may be blocked, any number at once; when they are no more, the proxy stops, and
   *     the work is refused
   */
  static <T> Mono<T> blocking(Executor threads, Callable<T> work) {
    return Mono.create(
        sink -> {
          try {
            threads.execute(
                () -> {
                  try {
                    sink.success(work.call());
                  } catch (Throwable e) { // also errors: the caller must hear of it
                    sink.error(e);
                  }
                });
          } catch (RejectedExecutionException e) {
            sink.error(
                new SpawnException(
                    Failure.notExecuted(
                        FailureCode.NODE_UNAVAILABLE, "The request was refused: the proxy stops"),
                    e));
          }
        });
  }
}
