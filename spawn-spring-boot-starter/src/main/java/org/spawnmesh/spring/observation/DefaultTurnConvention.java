package org.spawnmesh.spring.observation;

import io.micrometer.common.KeyValues;

/** {@code spawn.turn} with the same keys as {@link DefaultInvocationConvention}. */
public class DefaultTurnConvention implements TurnConvention {

  @Override
  public String getName() {
    return "spawn.turn";
  }

  @Override
  public String getContextualName(TurnContext call) {
    return CallKeys.name(call);
  }

  @Override
  public KeyValues getLowCardinalityKeyValues(TurnContext call) {
    return CallKeys.low(call);
  }

  @Override
  public KeyValues getHighCardinalityKeyValues(TurnContext call) {
    return CallKeys.high(call);
  }
}
