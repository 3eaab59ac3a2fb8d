package org.spawnmesh.actor;

import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.List;
import java.util.function.Predicate;

/** Reads a cron expression from left to right, and knows where it is. Confined to one thread. */
final class CronFields {

  private static final List<String> MONTHS =
      List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");

  private static final List<String> WEEKDAYS =
      List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");

  /** One number of a field, or a range of them. */
  private record Span(int from, int to, int step) {

    long bits() {
      long bits = 0;
      for (int i = from; i <= to; i += step) {
        bits |= 1L << i;
      }
      return bits;
    }
  }

  /** What a field may hold. */
  private record Field(String name, int min, int max, List<String> names, int firstName) {}

  private final String written;
  private final String text;
  private int position;

  /**
   * @param written for messages
   * @param text what it stands for
   */
  CronFields(String written, String text) {
    this.written = written;
    this.text = text;
    skipBlanks();
  }

  /** Where the next field begins. */
  int position() {
    return position;
  }

  long numbers(String name, int min, int max) {
    return bits(new Field(name, min, max, List.of(), 0));
  }

  long months() {
    return bits(new Field("month", 1, 12, MONTHS, 1));
  }

  private long bits(Field field) {
    begin(field);
    long bits = 0;
    do {
      bits |= span(field).bits();
    } while (accept(','));
    finish(field);
    return bits;
  }

  Predicate<LocalDate> daysOfMonth() {
    Field field = new Field("day of the month", 1, 31, List.of(), 0);
    begin(field);
    Predicate<LocalDate> any = day -> false;
    do {
      any = any.or(dayOfMonth(field));
    } while (accept(','));
    finish(field);
    return any;
  }

  private Predicate<LocalDate> dayOfMonth(Field field) {
    if (accept('?')) {
      return day -> true;
    }
    if (accept('L')) {
      int before = accept('-') ? number(new Field("days before the last", 1, 30, List.of(), 0)) : 0;
      return day -> day.lengthOfMonth() - day.getDayOfMonth() == before;
    }
    long bits = span(field).bits();
    return day -> (bits >> day.getDayOfMonth() & 1) != 0;
  }

  Predicate<LocalDate> weekdays() {
    Field field = new Field("weekday", 0, 7, WEEKDAYS, 0);
    begin(field);
    Predicate<LocalDate> any = day -> false;
    do {
      any = any.or(weekday(field));
    } while (accept(','));
    finish(field);
    return any;
  }

  private Predicate<LocalDate> weekday(Field field) {
    if (accept('?')) {
      return day -> true;
    }
    Span span = span(field);
    if (span.from == span.to) {
      DayOfWeek weekday = DayOfWeek.of(span.from == 0 ? 7 : span.from);
      if (accept('#')) {
        int nth = number(new Field("which weekday of the month", 1, 5, List.of(), 0));
        return day -> day.getDayOfWeek() == weekday && (day.getDayOfMonth() + 6) / 7 == nth;
      }
      if (accept('L')) {
        return day ->
            day.getDayOfWeek() == weekday && day.getDayOfMonth() + 7 > day.lengthOfMonth();
      }
    }
    long bits = span.bits();
    long both = bits | (bits & 1) << 7; // 0 and 7 are Sunday
    return day -> (both >> day.getDayOfWeek().getValue() & 1) != 0;
  }

  private Span span(Field field) {
    int from = field.max == 7 ? 1 : field.min; // a week begins on Monday
    int to = field.max;
    boolean open = accept('*');
    if (!open) {
      from = number(field);
      to = from;
      if (accept('-')) {
        int toAt = position;
        to = number(field);
        if (to == 0 && field.max == 7) {
          to = 7; // a week may end on Sunday
        }
        if (to < from) {
          throw wrong(toAt, "the %s range ends before it begins".formatted(field.name));
        }
      } else {
        open = peek() == '/';
      }
    }
    int step = 1;
    if (accept('/')) {
      step = number(new Field("step", 1, field.max, List.of(), 0));
      to = open ? field.max : to;
    }
    return new Span(from, to, step);
  }

  private int number(Field field) {
    int at = position;
    while (isDigit(peek())) {
      position++;
    }
    if (position == at) {
      for (int i = 0; i < field.names.size(); i++) {
        String name = field.names.get(i);
        if (text.regionMatches(true, at, name, 0, name.length())) {
          position += name.length();
          return i + field.firstName;
        }
      }
      throw unexpected(field);
    }
    int value = position - at > 4 ? Integer.MAX_VALUE : Integer.parseInt(text, at, position, 10);
    if (value < field.min || value > field.max) {
      throw wrong(
          at,
          "the %s goes from %d to %d, not %s"
              .formatted(field.name, field.min, field.max, text.substring(at, position)));
    }
    return value;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private void begin(Field field) {
    if (position == text.length()) {
      throw wrong(
          position,
          "the %s is missing; needed are second, minute, hour, day of the month, month, weekday"
              .formatted(field.name));
    }
  }

  private void finish(Field field) {
    if (position < text.length() && peek() != ' ') {
      throw unexpected(field);
    }
    skipBlanks();
  }

  void end() {
    if (position < text.length()) {
      throw wrong(
          position, "there is more than second, minute, hour, day of the month, month, weekday");
    }
  }

  private ScheduleSyntaxException unexpected(Field field) {
    String found =
        position == text.length() || peek() == ' '
            ? "it ends here"
            : "'%s' cannot stand here".formatted(text.substring(position, position + 1));
    return wrong(position, "in the %s, %s".formatted(field.name, found));
  }

  ScheduleSyntaxException wrong(int at, String why) {
    return new ScheduleSyntaxException(written, at, why);
  }

  /** A character that is in no expression, at the end. */
  private char peek() {
    return position < text.length() ? text.charAt(position) : '\n';
  }

  private boolean accept(char c) {
    boolean there = Character.toUpperCase(peek()) == c;
    if (there) {
      position++;
    }
    return there;
  }

  private void skipBlanks() {
    while (peek() == ' ') {
      position++;
    }
  }
}
