package org.spawnmesh.actor;

/**
 * A topic that an actor type listens to.
 *
 * @param action what receives the broadcasts; empty for what the broadcast names, or else {@link
 *     #DEFAULT_ACTION}
 */
public record ChannelDefinition(String topic, String action) {

  /** The action that receives broadcasts when a channel names none. */
  public static final String DEFAULT_ACTION = "receive";

  /** What receives this broadcast: the channel's action, else the one that the broadcast names. */
  public String receiver(Broadcast broadcast) {
    return !action.isEmpty()
        ? action
        : !broadcast.action().isEmpty() ? broadcast.action() : DEFAULT_ACTION;
  }
}
