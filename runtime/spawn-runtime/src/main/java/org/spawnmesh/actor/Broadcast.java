package org.spawnmesh.actor;

/**
 * A message to everybody who listens on a topic; it leaves like an {@link Effect}.
 *
 * @param action what listeners run that name no action of their own; empty for {@link
 *     ChannelDefinition#DEFAULT_ACTION}
 */
public record Broadcast(String topic, String action, Payload payload) {}
