package org.spawnmesh.spring;

import java.time.Instant;

/**
 * A reminder of an actor as it is stored. Immutable.
 *
 * @param name unique for the actor; one that its type declares is called {@code @} and the action
 * @param action what it runs
 * @param schedule once, every or cron, and when
 * @param zone the time zone of a cron expression, else empty
 * @param catchUp what becomes of times that were missed
 * @param next the next planned time
 */
public record PlannedReminder(
    String name, String action, String schedule, String zone, String catchUp, Instant next) {

  /** What the store has of it. */
  public static PlannedReminder of(org.spawnmesh.store.Reminder stored) {
    return new PlannedReminder(
        stored.name(),
        stored.action(),
        stored.schedule(),
        stored.zone(),
        stored.catchUp(),
        stored.due());
  }
}
