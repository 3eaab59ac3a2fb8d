package org.spawnmesh.spring.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * Names the observation {@code spawn.invocation} and gives it its keys. A bean of this type takes
 * the place of {@link DefaultInvocationConvention}.
 */
public interface InvocationConvention extends ObservationConvention<InvocationContext> {

  @Override
  default boolean supportsContext(Observation.Context context) {
    return context instanceof InvocationContext;
  }
}
