package org.spawnmesh.host;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.ReminderOrder;
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
 * @param reminders what becomes of the actor's reminders, in this order
 */
public record HostReply(
    Payload payload,
    @Nullable Payload state,
    @Nullable Map<String, String> tags,
    List<Effect> effects,
    @Nullable Broadcast broadcast,
    @Nullable Route route,
    boolean checkpoint,
    List<ReminderOrder> reminders) {

  /** Answers, changes nothing. */
  public static HostReply of(Payload payload) {
    return new HostReply(payload, null, null, List.of(), null, null, false, List.of());
  }

  /** Answers and replaces the state. */
  public static HostReply of(Payload payload, Payload state) {
    return new HostReply(payload, state, null, List.of(), null, null, false, List.of());
  }

  public HostReply withTags(Map<String, String> value) {
    return new HostReply(payload, state, value, effects, broadcast, route, checkpoint, reminders);
  }

  public HostReply withEffects(List<Effect> value) {
    return new HostReply(payload, state, tags, value, broadcast, route, checkpoint, reminders);
  }

  public HostReply withBroadcast(Broadcast value) {
    return new HostReply(payload, state, tags, effects, value, route, checkpoint, reminders);
  }

  public HostReply withRoute(Route value) {
    return new HostReply(payload, state, tags, effects, broadcast, value, checkpoint, reminders);
  }

  public HostReply withCheckpoint() {
    return new HostReply(payload, state, tags, effects, broadcast, route, true, reminders);
  }

  public HostReply withReminders(List<ReminderOrder> value) {
    return new HostReply(payload, state, tags, effects, broadcast, route, checkpoint, value);
  }
}
