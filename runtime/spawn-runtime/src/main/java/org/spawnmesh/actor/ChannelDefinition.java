package org.spawnmesh.actor;

/** A topic that an actor type listens to, and the action that receives what is broadcast there. */
public record ChannelDefinition(String topic, String action) {

  /** The action that receives broadcasts when a channel names none. */
  public static final String DEFAULT_ACTION = "receive";
}
