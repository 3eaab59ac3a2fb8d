package org.spawnmesh.host;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.Route;

/**
 * What an action answered and decided. Immutable.
 *
 * @param payload the answer, {@link Payload#NONE} if there is none
 * @param state the new state; null leaves it unchanged, {@link Payload#NONE} erases it
 * @param tags the new tags; null leaves them unchanged
 * @param effects messages to send, in this order
 * @param broadcast a message for a topic, or null
 * @param route who answers instead, or null
 * @param checkpoint make the state durable before the answer, whatever the actor's durability
 */
public record HostReply(
    Payload payload,
    @Nullable Payload state,
    @Nullable Map<String, String> tags,
    List<Effect> effects,
    @Nullable Broadcast broadcast,
    @Nullable Route route,
    boolean checkpoint) {

  /** Answers, changes nothing. */
  public static HostReply of(Payload payload) {
    return new HostReply(payload, null, null, List.of(), null, null, false);
  }

  /** Answers and replaces the state. */
  public static HostReply of(Payload payload, Payload state) {
    return new HostReply(payload, state, null, List.of(), null, null, false);
  }

  public HostReply withTags(Map<String, String> value) {
    return new HostReply(payload, state, value, effects, broadcast, route, checkpoint);
  }

  public HostReply withEffects(List<Effect> value) {
    return new HostReply(payload, state, tags, value, broadcast, route, checkpoint);
  }

  public HostReply withBroadcast(Broadcast value) {
    return new HostReply(payload, state, tags, effects, value, route, checkpoint);
  }

  public HostReply withRoute(Route value) {
    return new HostReply(payload, state, tags, effects, broadcast, value, checkpoint);
  }

  public HostReply withCheckpoint() {
    return new HostReply(payload, state, tags, effects, broadcast, route, true);
  }
}
