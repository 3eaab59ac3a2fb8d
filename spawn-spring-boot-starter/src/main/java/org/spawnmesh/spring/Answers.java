package org.spawnmesh.spring;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.PayloadEncodingException;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.spring.payload.PayloadCodec;
import org.springframework.util.ClassUtils;

/** How a caller comes to know an answer: by waiting, or by being called. */
final class Answers {

  private static final boolean REACTOR_PRESENT =
      ClassUtils.isPresent("reactor.core.publisher.Mono", Answers.class.getClassLoader());

  private Answers() {}

  static boolean reactorPresent() {
    return REACTOR_PRESENT;
  }

  /** Blocks until the answer is there; the node sees to it that this ends by the deadline. */
  static Answer await(CompletionStage<Answer> stage, ActorRef ref) {
    CompletableFuture<Answer> future = stage.toCompletableFuture();
    if (!future.isDone() && REACTOR_PRESENT && MonoAnswers.isInEventLoop()) {
      throw new IllegalStateException(
          ("Waiting for %s would block the thread %s, which must not block;"
                  + " use askAsync, or a client method that returns a Mono")
              .formatted(ref.id().shortName(), Thread.currentThread().getName()));
    }
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Answer.failed(
          Failure.unknown(
              FailureCode.DEADLINE_PASSED,
              "The thread that waited for %s was interrupted".formatted(ref.id().shortName())));
    } catch (ExecutionException e) {
      throw new IllegalStateException("A node never answers with an exception", e);
    }
  }

  static @Nullable Object read(Answer answer, PayloadCodec codec, ActorRef ref, String action) {
    Payload payload = answer.orThrow();
    try {
      return codec.decode(payload);
    } catch (PayloadEncodingException e) {
      throw new SpawnException(
          Failure.unknown(
              FailureCode.REPLY_INVALID,
              "The answer of %s.%s is not what its caller expects: %s"
                  .formatted(ref.id().shortName(), action, e.getMessage())),
          e);
    }
  }

  /** What depends on the result runs on a virtual thread, unless it is there already. */
  @SuppressWarnings("unchecked") // the codec of a type decodes nothing else
  static <T> CompletableFuture<@Nullable T> whenGiven(
      CompletionStage<Answer> stage, PayloadCodec codec, ActorRef ref, String action) {
    CompletableFuture<Answer> future = stage.toCompletableFuture();
    if (future.isDone()) {
      return future.thenApply(answer -> (T) read(answer, codec, ref, action));
    }
    return future.thenApplyAsync(answer -> (T) read(answer, codec, ref, action));
  }
}
