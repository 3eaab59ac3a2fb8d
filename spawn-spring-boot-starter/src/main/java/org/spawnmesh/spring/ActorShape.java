package org.spawnmesh.spring;

import java.lang.reflect.Type;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The Java types that an actor's bean declares, for tools. Immutable.
 *
 * @param state null if the actor is stateless
 */
public record ActorShape(@Nullable Type state, Map<String, ActionShape> actions) {

  public ActorShape {
    actions = Map.copyOf(actions);
  }

  /**
   * @param payload null if the action takes none
   * @param required whether it must be sent
   */
  public record ActionShape(@Nullable Type payload, boolean required, Type result) {}
}
