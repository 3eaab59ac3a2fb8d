package org.spawnmesh.actor;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import org.jspecify.annotations.Nullable;

/**
 * The instants at which something is planned. Pure and immutable; instants are whole milliseconds,
 * and none is planned after the year 9999.
 */
public sealed interface Schedule {

  /** Nothing is planned from here on. */
  Instant END = Instant.parse("9999-12-31T00:00:00Z");

  /** The first planned instant after this one, or null if there is none. */
  @Nullable Instant next(Instant after);

  /** Text that {@link #parse} turns into an equal schedule, together with {@link #zoneId}. */
  String text();

  /** The time zone that the text needs to be understood; empty if it needs none. */
  default String zoneId() {
    return "";
  }

  /** Once, at an instant. */
  record Once(Instant at) implements Schedule {

    public Once {
      at = inRange(at).truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public @Nullable Instant next(Instant after) {
      return at.isAfter(after) ? at : null;
    }

    @Override
    public String text() {
      return "once " + at;
    }
  }

  /**
   * At a fixed period, whatever the clocks on the walls show.
   *
   * @param period at least a second
   */
  record Every(Instant first, Duration period) implements Schedule {

    public Every {
      first = inRange(first).truncatedTo(ChronoUnit.MILLIS);
      period = period.truncatedTo(ChronoUnit.MILLIS);
      check(period);
    }

    static void check(Duration period) {
      if (period.compareTo(Duration.ofSeconds(1)) < 0) {
        throw new IllegalArgumentException(
            "The period %s is below a second; what is so frequent is for a timer"
                .formatted(period));
      }
    }

    @Override
    public @Nullable Instant next(Instant after) {
      if (after.isBefore(first)) {
        return first;
      }
      if (!after.isBefore(END) || period.compareTo(Duration.between(after, END)) > 0) {
        return null;
      }
      long millis = period.toMillis();
      long passed = Duration.between(first, after).toMillis() / millis;
      Instant next = first.plusMillis((passed + 1) * millis);
      return next.isBefore(END) ? next : null;
    }

    @Override
    public String text() {
      return "every %s from %s".formatted(period, first);
    }
  }

  /**
   * When the clocks of a zone show what the expression means.
   *
   * <p>An expression for certain hours means times of the day, each of which is once a day: one
   * that a clock skips when it is put forward is planned for the moment it is put forward, and one
   * that a clock shows twice when it is put back is planned for the first time. An expression for
   * every hour means the hours that pass: nothing is planned for skipped times, and times shown
   * twice are planned twice.
   */
  record Cron(CronExpression expression, ZoneId zone) implements Schedule {

    /**
     * @param zone for example {@code Europe/Berlin}
     * @throws ScheduleSyntaxException if one of them is wrong
     */
    public static Cron of(String expression, String zone) {
      return new Cron(CronExpression.parse(expression), zone(zone));
    }

    private static ZoneId zone(String id) {
      try {
        return ZoneId.of(id);
      } catch (DateTimeException e) {
        throw new ScheduleSyntaxException(id, 0, "this time zone is unknown");
      }
    }

    @Override
    public @Nullable Instant next(Instant after) {
      ZoneRules rules = zone.getRules();
      Instant from = after.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
      while (from.isBefore(END)) {
        if (skipsATimeAt(from, rules)) {
          return from;
        }
        ZoneOffset offset = rules.getOffset(from);
        LocalDateTime shown = LocalDateTime.ofInstant(from, offset);
        LocalDateTime match = expression.atOrAfter(afterRepetition(shown, offset, rules));
        if (match == null) {
          return null;
        }
        Instant at = match.toInstant(offset);
        ZoneOffsetTransition change = rules.nextTransition(from);
        if (change == null || at.isBefore(change.getInstant())) {
          return at.isBefore(END) ? at : null;
        }
        from = change.getInstant();
      }
      return null;
    }

    /** Is the clock put forward at this moment, past a time of the day that is meant? */
    private boolean skipsATimeAt(Instant moment, ZoneRules rules) {
      if (expression.isEveryHour()) {
        return false;
      }
      ZoneOffsetTransition change = rules.nextTransition(moment.minusSeconds(1));
      if (change == null || !change.getInstant().equals(moment) || !change.isGap()) {
        return false;
      }
      LocalDateTime match = expression.atOrAfter(change.getDateTimeBefore());
      return match != null && match.isBefore(change.getDateTimeAfter());
    }

    /** Where to look from when the clock shows this, if it shows no time of the day twice. */
    private LocalDateTime afterRepetition(LocalDateTime shown, ZoneOffset offset, ZoneRules rules) {
      if (expression.isEveryHour()) {
        return shown;
      }
      ZoneOffsetTransition change = rules.getTransition(shown);
      return change != null && change.isOverlap() && offset.equals(change.getOffsetAfter())
          ? change.getDateTimeBefore()
          : shown;
    }

    @Override
    public String text() {
      return "cron " + expression;
    }

    @Override
    public String zoneId() {
      return zone.getId();
    }
  }

  /**
   * The last planned instant that is not after {@code now}.
   *
   * @param planned a planned instant, not after {@code now}
   */
  default Instant latest(Instant planned, Instant now) {
    Instant low = planned;
    Instant high = now;
    while (true) {
      // planned is at low, nothing is after high
      Instant next = next(low);
      if (next == null || next.isAfter(high)) {
        return low;
      }
      low = next;
      Instant middle = low.plusMillis(Duration.between(low, high).toMillis() / 2);
      Instant later = next(middle);
      if (later == null || later.isAfter(high)) {
        high = middle;
      } else {
        low = later;
      }
    }
  }

  /**
   * @throws ScheduleSyntaxException if it is not the text of a schedule
   */
  static Schedule parse(String text, String zone) {
    String[] words = text.split(" ", 2);
    try {
      return switch (words[0]) {
        case "once" -> new Once(Instant.parse(words[1]));
        case "every" -> {
          String[] parts = words[1].split(" from ", 2);
          yield new Every(Instant.parse(parts[1]), Duration.parse(parts[0]));
        }
        case "cron" -> Cron.of(words[1], zone);
        default -> throw new ScheduleSyntaxException(text, 0, "a schedule is once, every or cron");
      };
    } catch (ArrayIndexOutOfBoundsException | DateTimeParseException e) {
      throw new ScheduleSyntaxException(text, words[0].length(), "the schedule is incomplete");
    }
  }

  private static Instant inRange(Instant at) {
    if (at.isBefore(Instant.EPOCH) || !at.isBefore(END)) {
      throw new IllegalArgumentException(
          "Nothing is planned for %s; possible is from %s to %s".formatted(at, Instant.EPOCH, END));
    }
    return at;
  }
}
