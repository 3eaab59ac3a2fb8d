package org.spawnmesh.runtime;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.CatchUp;
import org.spawnmesh.actor.Schedule;

/**
 * What a reminder that is due comes to. Pure and immutable.
 *
 * @param fires the planned time in whose name the action runs now; null if it does not run
 * @param next when the reminder is due again after that; null if never
 */
record Tick(@Nullable Instant fires, @Nullable Instant next) {

  /**
   * @param due the next planned time, not after {@code now}
   * @param grace how long a time may be over and still is not missed
   */
  static Tick of(Schedule schedule, CatchUp catchUp, Instant due, Instant now, Duration grace) {
    Instant latest = schedule.latest(due, now);
    return switch (catchUp) {
      case CatchUp.Skip skip ->
          new Tick(latest.plus(grace).isBefore(now) ? null : latest, schedule.next(latest));
      case CatchUp.One one -> new Tick(latest, schedule.next(latest));
      case CatchUp.All(int max) -> {
        Instant fires = oldestOf(max, schedule, due, now);
        yield new Tick(fires, schedule.next(fires));
      }
    };
  }

  /** The oldest of the last {@code max} planned times from {@code due} until {@code now}. */
  private static Instant oldestOf(int max, Schedule schedule, Instant due, Instant now) {
    Instant end = due; // the planned time that is max - 1 after the oldest
    for (int i = 1; i < max; i++) {
      Instant next = schedule.next(end);
      if (next == null || next.isAfter(now)) {
        return due;
      }
      end = next;
    }
    Instant oldest = schedule.latest(end, now);
    if (oldest.equals(end)) {
      return due;
    }
    for (int i = 1; i < max; i++) {
      oldest = schedule.latest(due, oldest.minusMillis(1));
    }
    return oldest;
  }
}
