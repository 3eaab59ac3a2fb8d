package org.spawnmesh.actor;

/**
 * A message to everybody who listens on a topic; it leaves like an {@link Effect}.
 *
 * @param action what listeners run that name no action of their own; empty for {@link
 *     ChannelDefinition#DEFAULT_ACTION}
 * @param durable written down with the state for each NAMED actor and each pool that listens then,
 *     and delivered as a durable effect is; instances of UNNAMED types listen while they are in
 *     memory, and are told at most once in any case. Only an actor that commits its turns can
 *     promise it
 */
public record Broadcast(String topic, String action, Payload payload, boolean durable) {

  /** Sent and forgotten. */
  public Broadcast(String topic, String action, Payload payload) {
    this(topic, action, payload, false);
  }

  /** The same, written down. */
  public Broadcast lasting() {
    return new Broadcast(topic, action, payload, true);
  }
}
