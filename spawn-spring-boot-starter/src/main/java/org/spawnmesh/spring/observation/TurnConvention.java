package org.spawnmesh.spring.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names the observation {@code spawn.turn} and gives it its keys. A bean of this type takes the
 * place of {@link DefaultTurnConvention}.
 */
public interface TurnConvention extends ObservationConvention<TurnContext> {

  @Override
  default boolean supportsContext(Observation.Context context) {
    return context instanceof TurnContext;
  }
}
