package org.spawnmesh.actor;

import java.time.Duration;
import java.time.Instant;

/**
 * When an actor wants to be reminded, in the words of whoever asks for it: partly relative to the
 * moment at which it is asked for. Immutable.
 */
public sealed interface Timing {

  /** What is planned if it is asked for at {@code now}. */
  Schedule from(Instant now);

  /** Is this what was planned, whenever it was asked for? */
  boolean hasPlanned(Schedule stored);

  /** As planned, whenever it is asked for. */
  record Planned(Schedule schedule) implements Timing {

    @Override
    public Schedule from(Instant now) {
      return schedule;
    }

    @Override
    public boolean hasPlanned(Schedule stored) {
      return schedule.equals(stored);
    }
  }

  /** Once, this long after. */
  record After(Duration delay) implements Timing {

    public After {
      if (delay.isNegative()) {
        throw new IllegalArgumentException("The delay %s is below zero".formatted(delay));
      }
    }

    @Override
    public Schedule from(Instant now) {
      return new Schedule.Once(now.plus(delay));
    }

    @Override
    public boolean hasPlanned(Schedule stored) {
      return stored instanceof Schedule.Once;
    }
  }

  /** At this period, for the first time when one period has passed. */
  record Every(Duration period) implements Timing {

    public Every {
      Schedule.Every.check(period);
    }

    @Override
    public Schedule from(Instant now) {
      return new Schedule.Every(now.plus(period), period);
    }

    @Override
    public boolean hasPlanned(Schedule stored) {
      return stored instanceof Schedule.Every every && every.period().equals(period);
    }
  }

  /** Once, at this instant; at once if it is over. */
  static Timing once(Instant at) {
    return new Planned(new Schedule.Once(at));
  }

  /** Once, this long from now. */
  static Timing after(Duration delay) {
    return new After(delay);
  }

  /**
   * Again and again.
   *
   * @param period at least a second
   */
  static Timing every(Duration period) {
    return new Every(period);
  }

  /**
   * When the clocks of a time zone show what the expression means.
   *
   * @param expression see {@link CronExpression}
   * @param zone for example {@code Europe/Berlin}
   * @throws ScheduleSyntaxException if one of them is wrong
   */
  static Timing cron(String expression, String zone) {
    return new Planned(Schedule.Cron.of(expression, zone));
  }
}
