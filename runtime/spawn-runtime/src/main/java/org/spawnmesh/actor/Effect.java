package org.spawnmesh.actor;

import java.time.Duration;
import java.util.Map;

/**
 * A message an action sends besides its answer. It leaves when the state it was sent with is
 * durable, and not at all if that state never becomes durable. Its own answer is ignored.
 *
 * @param delay how long to wait after that; zero for at once
 */
public record Effect(
    ActorId actor, String action, Payload payload, Map<String, String> metadata, Duration delay) {

  public Effect {
    metadata = Map.copyOf(metadata);
  }

  public static Effect of(ActorId actor, String action, Payload payload) {
    return new Effect(actor, action, payload, Map.of(), Duration.ZERO);
  }
}
