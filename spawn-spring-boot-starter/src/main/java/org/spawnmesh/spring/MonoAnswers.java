package org.spawnmesh.spring;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The part that needs Reactor; loaded only if it is there. */
final class MonoAnswers {

  private static final boolean OBSERVATION_PRESENT =
      ClassUtils.isPresent(
          "io.micrometer.observation.Observation", MonoAnswers.class.getClassLoader());

  private MonoAnswers() {}

  static boolean isMono(Class<?> type) {
    return type == Mono.class;
  }

  static boolean isInEventLoop() {
    return Schedulers.isInNonBlockingThread();
  }

  static Object of(Supplier<? extends CompletionStage<? extends @Nullable Object>> call) {
    return OBSERVATION_PRESENT
        ? Mono.deferContextual(
            context -> Mono.fromCompletionStage(ReactiveObservation.current(context, call)))
        : Mono.fromCompletionStage(call);
  }

  @SuppressWarnings("unchecked") // a future of anything is a future of objects
  static CompletableFuture<@Nullable Object> subscribe(Object mono) {
    return (CompletableFuture<@Nullable Object>)
        (CompletableFuture<?>) ((Mono<?>) mono).contextCapture().toFuture();
  }
}
