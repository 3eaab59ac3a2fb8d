package org.spawnmesh.actor;

import java.time.Duration;
import java.util.Map;

/**
 * A message an action sends besides its answer. It leaves when the state it was sent with is
 * durable, and not at all if that state never becomes durable. Its own answer is ignored.
 *
 * @param delay how long to wait after that; zero for at once
 * @param durable written down with the state and delivered until the target has applied it, once;
 *     else sent and forgotten. Only an actor that commits its turns can promise it
 */
public record Effect(
    ActorId actor,
    String action,
    Payload payload,
    Map<String, String> metadata,
    Duration delay,
    boolean durable) {

  public Effect {
    metadata = Map.copyOf(metadata);
  }

  /** A durable message. */
  public Effect(
      ActorId actor, String action, Payload payload, Map<String, String> metadata, Duration delay) {
    this(actor, action, payload, metadata, delay, true);
  }

  /** The same, sent and forgotten. */
  public Effect forgotten() {
    return new Effect(actor, action, payload, metadata, delay, false);
  }

  public static Effect of(ActorId actor, String action, Payload payload) {
    return new Effect(actor, action, payload, Map.of(), Duration.ZERO);
  }
}
