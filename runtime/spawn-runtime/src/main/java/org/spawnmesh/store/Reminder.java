package org.spawnmesh.store;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Payload;

/**
 * An action that an actor is to run at a time, once or again and again. The store keeps its words
 * and never reads them, except for the time. Immutable.
 *
 * @param actor who is reminded
 * @param name unique for the actor, at most {@value #MAX_NAME_LENGTH} characters
 * @param caller who planned it, if that is another actor; or null
 * @param schedule when it is due again, in the words of whoever plans
 * @param zone the time zone of the schedule; empty if it needs none
 * @param catchUp what becomes of times that were missed, in the words of whoever plans
 * @param due the next planned time; kept in microseconds
 */
public record Reminder(
    ActorId actor,
    String name,
    String action,
    Payload payload,
    Map<String, String> metadata,
    @Nullable ActorId caller,
    String schedule,
    String zone,
    String catchUp,
    Instant due) {

  public static final int MAX_NAME_LENGTH = 255;

  /** The identity of a reminder. */
  public record Key(ActorId actor, String name) {}

  public Reminder {
    if (name.isEmpty() || name.length() > MAX_NAME_LENGTH) {
      throw new IllegalArgumentException(
          "A reminder's name has 1 to %d characters, not %d"
              .formatted(MAX_NAME_LENGTH, name.length()));
    }
    metadata = Map.copyOf(metadata);
  }

  public Key key() {
    return new Key(actor, name);
  }

  /** The same reminder, due at another time. */
  public Reminder dueAt(Instant next) {
    return new Reminder(
        actor, name, action, payload, metadata, caller, schedule, zone, catchUp, next);
  }
}
