package org.spawnmesh.actor;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.YearMonth;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which times of a clock and a calendar on the wall are meant: {@code second minute hour
 * day-of-month month day-of-week}. Knows nothing of zones. Immutable.
 *
 * <p>A field is {@code *} or a list, separated by commas, of values, ranges {@code a-b}, and steps
 * {@code *}{@code /n}, {@code a/n}, {@code a-b/n}. Months and weekdays also have names; 0 and 7 are
 * Sunday. A day of the month may be {@code L}, the last one, or {@code L-n}, n days before it; a
 * weekday may be {@code FRI#2}, the second Friday, or {@code FRIL}, the last one. {@code ?} is
 * {@code *} in both fields of days. A day must fit both fields. In place of an expression stands
 * {@code @hourly}, {@code @daily}, {@code @weekly}, {@code @monthly} or {@code @yearly}.
 */
public final class CronExpression {

  private static final Map<String, String> MACROS =
      Map.of(
          "@yearly", "0 0 0 1 1 *",
          "@monthly", "0 0 0 1 * *",
          "@weekly", "0 0 0 * * 0",
          "@daily", "0 0 0 * * *",
          "@hourly", "0 0 * * * *");

  /** After so many years the calendar repeats itself, weekdays included. */
  private static final int CYCLE = 400;

  /** Any day: the search goes through a whole cycle from there. */
  private static final LocalDate SOME_DAY = LocalDate.of(2000, 1, 1);

  private static final int ALL_HOURS = (1 << 24) - 1;

  private final String text;
  private final long seconds;
  private final long minutes;
  private final long hours;
  private final long months;
  private final Predicate<LocalDate> days;
  private final LocalTime earliest;

  private CronExpression(String text, CronFields fields) {
    this.text = text;
    seconds = fields.numbers("second", 0, 59);
    minutes = fields.numbers("minute", 0, 59);
    hours = fields.numbers("hour", 0, 23);
    int daysAt = fields.position();
    Predicate<LocalDate> ofMonth = fields.daysOfMonth();
    months = fields.months();
    days = ofMonth.and(fields.weekdays());
    fields.end();
    earliest = LocalTime.of(firstFrom(hours, 0), firstFrom(minutes, 0), firstFrom(seconds, 0));
    if (dayFrom(SOME_DAY) == null) {
      throw fields.wrong(daysAt, "no day of any year fits the day, month and weekday together");
    }
  }

  /**
   * @throws ScheduleSyntaxException if it is no such expression, or one that no time ever fits
   */
  public static CronExpression parse(String text) {
    String macro = MACROS.get(text.strip());
    return new CronExpression(text, new CronFields(text, macro == null ? text : macro));
  }

  /** Does it mean every hour, rather than certain times of the day? */
  boolean isEveryHour() {
    return hours == ALL_HOURS;
  }

  /** The first fitting time that is not before this one; null if there is none. */
  @Nullable LocalDateTime atOrAfter(LocalDateTime from) {
    LocalDateTime whole = from.truncatedTo(ChronoUnit.SECONDS);
    if (whole.isBefore(from)) {
      whole = whole.plusSeconds(1);
    }
    LocalDate today = whole.toLocalDate();
    if (fits(today)) {
      LocalTime time = atOrAfter(whole.toLocalTime());
      if (time != null) {
        return LocalDateTime.of(today, time);
      }
    }
    LocalDate day = dayFrom(today.plusDays(1));
    return day == null ? null : LocalDateTime.of(day, earliest);
  }

  private boolean fits(LocalDate day) {
    return (months >> day.getMonthValue() & 1) != 0 && days.test(day);
  }

  private @Nullable LocalDate dayFrom(LocalDate from) {
    LocalDate end = from.plusYears(CYCLE);
    LocalDate day = from;
    while (day.isBefore(end)) {
      if ((months >> day.getMonthValue() & 1) == 0) {
        day = YearMonth.from(day).plusMonths(1).atDay(1);
      } else if (days.test(day)) {
        return day;
      } else {
        day = day.plusDays(1);
      }
    }
    return null;
  }

  private @Nullable LocalTime atOrAfter(LocalTime from) {
    int hour = firstFrom(hours, from.getHour());
    if (hour < 0) {
      return null;
    }
    if (hour > from.getHour()) {
      return earliest.withHour(hour);
    }
    int minute = firstFrom(minutes, from.getMinute());
    if (minute == from.getMinute()) {
      int second = firstFrom(seconds, from.getSecond());
      if (second >= 0) {
        return LocalTime.of(hour, minute, second);
      }
      minute = firstFrom(minutes, minute + 1);
    }
    if (minute >= 0) {
      return LocalTime.of(hour, minute, earliest.getSecond());
    }
    hour = firstFrom(hours, hour + 1);
    return hour < 0 ? null : earliest.withHour(hour);
  }

  /** The lowest bit from this one on, -1 if none is set. */
  private static int firstFrom(long bits, int from) {
    long rest = from > 63 ? 0 : bits & -1L << from;
    return rest == 0 ? -1 : Long.numberOfTrailingZeros(rest);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof CronExpression cron && cron.text.equals(text);
  }

  @Override
  public int hashCode() {
    return Objects.hash(text);
  }

  /** As it was written. */
  @Override
  public String toString() {
    return text;
  }
}
