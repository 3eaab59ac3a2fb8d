package org.spawnmesh.actor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Planned instants, also where clocks are put forward and back. */
class ScheduleTest {

  private static final Instant NOON = Instant.parse("2026-03-01T12:00:00Z");

  @Test
  void onceIsPlannedOnce() {
    Schedule once = new Schedule.Once(NOON);
    assertThat(once.next(NOON.minusMillis(1))).isEqualTo(NOON);
    assertThat(once.next(NOON)).isNull();
  }

  @Test
  void aPeriodCountsFromItsFirstTime() {
    Schedule every = new Schedule.Every(NOON, Duration.ofMinutes(7));
    assertThat(every.next(Instant.EPOCH)).isEqualTo(NOON);
    assertThat(every.next(NOON)).isEqualTo(NOON.plusSeconds(420));
    assertThat(every.next(NOON.plusSeconds(839).plusNanos(999_999_999)))
        .isEqualTo(NOON.plusSeconds(840));
    assertThat(every.next(Schedule.END)).isNull();
    assertThat(new Schedule.Every(NOON, Duration.ofDays(Integer.MAX_VALUE)).next(NOON)).isNull();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Schedule.Every(NOON, Duration.ofMillis(999)))
        .withMessageContaining("below a second");
  }

  /** Berlin goes from 2 to 3 on 29 March 2026, and from 3 to 2 on 25 October. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # an hour that is skipped: each of its times is when the clock is put forward
          0 30 2 * * *    | Europe/Berlin    | 2026-03-28T01:30:00Z | 2026-03-29T01:00:00Z
          0 30 2 * * *    | Europe/Berlin    | 2026-03-29T01:00:00Z | 2026-03-30T00:30:00Z
          0 0,30 2 * * *  | Europe/Berlin    | 2026-03-29T00:59:59Z | 2026-03-29T01:00:00Z
          0 0,30 2 * * *  | Europe/Berlin    | 2026-03-29T01:00:00Z | 2026-03-30T00:00:00Z
          0 0 3 * * *     | Europe/Berlin    | 2026-03-29T00:00:00Z | 2026-03-29T01:00:00Z
          0 0 2,3 * * *   | Europe/Berlin    | 2026-03-29T01:00:00Z | 2026-03-30T00:00:00Z
          # an hour that is shown twice: the first time
          0 30 2 * * *    | Europe/Berlin    | 2026-10-24T12:00:00Z | 2026-10-25T00:30:00Z
          0 30 2 * * *    | Europe/Berlin    | 2026-10-25T00:30:00Z | 2026-10-26T01:30:00Z
          0 0 3 * * *     | Europe/Berlin    | 2026-10-25T00:00:00Z | 2026-10-25T02:00:00Z
          0 30 */2 * * *  | Europe/Berlin    | 2026-10-25T00:30:00Z | 2026-10-25T03:30:00Z
          # every hour that passes
          0 30 * * * *    | Europe/Berlin    | 2026-03-29T00:30:00Z | 2026-03-29T01:30:00Z
          0 30 * * * *    | Europe/Berlin    | 2026-10-25T00:30:00Z | 2026-10-25T01:30:00Z
          0 0 * * * *     | Europe/Berlin    | 2026-10-25T00:00:00Z | 2026-10-25T01:00:00Z
          # half an hour, a whole day, and none
          0 15 2 * * *    | Australia/Lord_Howe | 2026-10-03T12:00:00Z | 2026-10-03T15:30:00Z
          0 0 9 * * *     | Pacific/Apia     | 2011-12-29T19:00:00Z | 2011-12-30T10:00:00Z
          0 0 9 * * *     | Pacific/Apia     | 2011-12-30T10:00:00Z | 2011-12-30T19:00:00Z
          0 0 9 * * *     | UTC              | 2026-03-29T09:00:00Z | 2026-03-30T09:00:00Z
          0 0 9 * * *     | +05:30           | 2026-03-29T09:00:00Z | 2026-03-30T03:30:00Z
          0 0 0 29 2 *    | America/New_York | 2026-03-01T00:00:00Z | 2028-02-29T05:00:00Z
          """)
  void cronFollowsTheClocksOfItsZone(
      String expression, String zone, Instant after, Instant expected) {
    assertThat(Schedule.Cron.of(expression, zone).next(after)).isEqualTo(expected);
  }

  @Test
  void aZoneThatDoesNotExistIsNamed() {
    assertThatExceptionOfType(ScheduleSyntaxException.class)
        .isThrownBy(() -> Schedule.Cron.of("0 0 9 * * *", "Europe/Barlin"))
        .withMessageContaining("'Europe/Barlin'")
        .withMessageContaining("time zone is unknown");
  }

  @Test
  void nothingIsPlannedAfterTheEnd() {
    assertThat(Schedule.Cron.of("@yearly", "UTC").next(Instant.parse("9999-01-01T00:00:00Z")))
        .isNull();
    assertThat(Schedule.Cron.of("@daily", "Europe/Berlin").next(Schedule.END)).isNull();
    assertThatIllegalArgumentException().isThrownBy(() -> new Schedule.Once(Schedule.END));
    assertThatIllegalArgumentException().isThrownBy(() -> new Schedule.Once(Instant.MIN));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "once 2026-03-01T12:00:00Z",
        "every PT1H30M from 2026-03-01T12:00:00Z",
        "cron 0 0 9 * * MON-FRI"
      })
  void textKeepsASchedule(String text) {
    Schedule schedule = Schedule.parse(text, "Europe/Berlin");
    assertThat(schedule.text()).isEqualTo(text);
    assertThat(Schedule.parse(text, schedule.zoneId())).isEqualTo(schedule);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "once",
        "once upon a time",
        "every PT1H",
        "every PT1H 2026-03-01T12:00:00Z",
        "every now from 2026-03-01T12:00:00Z",
        "cron",
        "cron 0 0 9 * *",
        "daily"
      })
  void otherTextIsNone(String text) {
    assertThatExceptionOfType(ScheduleSyntaxException.class)
        .isThrownBy(() -> Schedule.parse(text, "UTC"));
  }

  // ---- against a simple oracle ----

  private static final List<String> ZONES =
      List.of(
          "UTC",
          "Europe/Berlin",
          "America/New_York",
          "America/Sao_Paulo",
          "Australia/Lord_Howe",
          "Asia/Kathmandu",
          "Africa/Casablanca");

  /** Walks second by second through some days around a change of the clocks. */
  @Test
  void everySecondIsPlannedOrNotAsTheOracleSays() {
    SplittableRandom random = new SplittableRandom(5);
    for (int round = 0; round < 300; round++) {
      ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
      Fields fields = Fields.any(random);
      Schedule.Cron cron = new Schedule.Cron(CronExpression.parse(fields.text()), zone);
      Instant begin = begin(zone.getRules(), random);
      Instant end = begin.plusSeconds(random.nextInt(3_600, 100_000));
      List<Instant> expected = new ArrayList<>();
      for (Instant at = begin.plusSeconds(1); !at.isAfter(end); at = at.plusSeconds(1)) {
        if (fields.plans(at, zone.getRules())) {
          expected.add(at);
        }
      }
      List<Instant> planned = new ArrayList<>();
      Instant at = cron.next(begin);
      while (at != null && !at.isAfter(end)) {
        planned.add(at);
        at = cron.next(at);
      }
      assertThat(planned).as("%s after %s", cron.text(), begin).isEqualTo(expected);
      if (!planned.isEmpty()) {
        assertThat(cron.latest(planned.getFirst(), end)).isEqualTo(planned.getLast());
      }
    }
  }

  /** Some hours before a change if the zone has one, else anywhere. */
  private static Instant begin(ZoneRules rules, SplittableRandom random) {
    Instant some = Instant.parse("2010-01-01T00:00:00Z").plusSeconds(random.nextInt(500_000_000));
    ZoneOffsetTransition change = rules.nextTransition(some);
    return change == null
        ? some
        : change.getInstant().minusSeconds(random.nextInt(random.nextInt(1, 80_000)));
  }

  /** What the six fields allow, as a predicate on one local time. */
  private record Fields(int[] seconds, int[] minutes, int[] hours, int[] days, int[] weekdays) {

    static Fields any(SplittableRandom random) {
      return new Fields(
          some(random, 0, 60, 3, 0.1),
          some(random, 0, 60, 4, 0.3),
          some(random, 0, 24, 4, 0.3),
          some(random, 1, 29, 20, 0.7),
          some(random, 1, 8, 5, 0.6));
    }

    private static int[] some(
        SplittableRandom random, int from, int to, int most, double everything) {
      return random.nextDouble() < everything
          ? java.util.stream.IntStream.range(from, to).toArray()
          : random.ints(random.nextInt(1, most + 1), from, to).sorted().distinct().toArray();
    }

    String text() {
      return "%s %s %s %s * %s"
          .formatted(
              list(seconds, 60),
              list(minutes, 60),
              list(hours, 24),
              list(days, 28),
              list(weekdays, 7));
    }

    private static String list(int[] values, int all) {
      if (values.length == all) {
        return "*";
      }
      List<String> words = new ArrayList<>();
      for (int value : values) {
        words.add(Integer.toString(value));
      }
      return String.join(",", words);
    }

    private boolean fits(LocalDateTime time) {
      return has(seconds, time.getSecond())
          && has(minutes, time.getMinute())
          && has(hours, time.getHour())
          && (days.length == 28 || has(days, time.getDayOfMonth()))
          && has(weekdays, time.getDayOfWeek().getValue());
    }

    private static boolean has(int[] values, int value) {
      return java.util.Arrays.binarySearch(values, value) >= 0;
    }

    boolean plans(Instant at, ZoneRules rules) {
      ZoneOffset offset = rules.getOffset(at);
      LocalDateTime shown = LocalDateTime.ofInstant(at, offset);
      if (hours.length == 24) {
        return fits(shown);
      }
      ZoneOffset before = rules.getOffset(at.minusSeconds(1));
      if (before.getTotalSeconds() < offset.getTotalSeconds()) {
        for (LocalDateTime skipped = LocalDateTime.ofInstant(at, before);
            skipped.isBefore(shown);
            skipped = skipped.plusSeconds(1)) {
          if (fits(skipped)) {
            return true;
          }
        }
      }
      List<ZoneOffset> offsets = rules.getValidOffsets(shown);
      return fits(shown) && offset.equals(offsets.getFirst());
    }
  }
}
