package org.spawnmesh.spring.observation;

import io.micrometer.common.KeyValues;
import java.util.Locale;

/**
 * {@code spawn.invocation} with {@code type}, {@code action} and {@code mode}, and when it is over
 * {@code outcome} and {@code code}; the actor's whole name is of high cardinality.
 */
public class DefaultInvocationConvention implements InvocationConvention {

  @Override
  public String getName() {
    return "spawn.invocation";
  }

  @Override
  public String getContextualName(InvocationContext call) {
    return call.getInvocation().mode().name().toLowerCase(Locale.ROOT) + " " + CallKeys.name(call);
  }

  @Override
  public KeyValues getLowCardinalityKeyValues(InvocationContext call) {
    return CallKeys.low(call);
  }

  @Override
  public KeyValues getHighCardinalityKeyValues(InvocationContext call) {
    return CallKeys.high(call);
  }
}
