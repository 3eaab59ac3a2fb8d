package org.spawnmesh.store;

import java.util.List;

/**
 * What becomes durable together with an actor's new state, or not at all. Immutable.
 *
 * @param sent what the turns sent, in order; their sender is the actor
 * @param replies what the turns have applied, at most one for each source; they are the actor's
 * @param reminders at most one for each reminder, usually the actor's own
 */
public record Enclosure(
    List<OutboxEntry> sent, List<KeptReply> replies, List<ReminderChange> reminders) {

  public static final Enclosure NONE = new Enclosure(List.of(), List.of(), List.of());

  public Enclosure {
    sent = List.copyOf(sent);
    replies = List.copyOf(replies);
    reminders = List.copyOf(reminders);
  }

  public boolean isEmpty() {
    return sent.isEmpty() && replies.isEmpty() && reminders.isEmpty();
  }
}
