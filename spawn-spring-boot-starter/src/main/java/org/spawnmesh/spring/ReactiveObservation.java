package org.spawnmesh.spring;

import io.micrometer.observation.Observation;
import java.util.function.Supplier;
import reactor.util.context.ContextView;

/** The part that needs Micrometer, too: which observation a reactive caller is in. */
final class ReactiveObservation {

  /** Where WebFlux and all others keep it, whether or not the thread knows it, too. */
  private static final String KEY = "micrometer.observation";

  private ReactiveObservation() {}

  /** Calls from within the subscriber's observation, if it has one. */
  static <T> T current(ContextView subscriber, Supplier<T> call) {
    if (subscriber.getOrDefault(KEY, null) instanceof Observation observation) {
      try (Observation.Scope scope = observation.openScope()) {
        return call.get();
      }
    }
    return call.get();
  }
}
