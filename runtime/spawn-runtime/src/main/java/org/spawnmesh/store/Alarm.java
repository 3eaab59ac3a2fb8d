package org.spawnmesh.store;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;

/**
 * That a reminder is due: what must be known to tell its actor, and not what it is told. So a page
 * of these stays small, whatever the reminders carry. Immutable.
 *
 * @param key of the reminder
 * @param action what it runs
 * @param caller who planned it, if that is another actor; or null
 * @param due the time for which it was planned when it was found
 * @param payloadBytes about how large its payload is
 */
public record Alarm(
    Reminder.Key key,
    String action,
    @Nullable ActorId caller,
    Map<String, String> metadata,
    Instant due,
    long payloadBytes) {

  public Alarm {
    metadata = Map.copyOf(metadata);
  }

  public ActorId actor() {
    return key.actor();
  }

  /** What this reminder says. */
  public static Alarm of(Reminder reminder) {
    return new Alarm(
        reminder.key(),
        reminder.action(),
        reminder.caller(),
        reminder.metadata(),
        reminder.due(),
        reminder.payload().bytes().length);
  }
}
