package org.spawnmesh.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.spawnmesh.actor.CatchUp;
import org.spawnmesh.actor.Schedule;

/** What fires of what was missed. */
class TickTest {

  private static final Duration GRACE = Duration.ofMinutes(1);

  /** Hourly, due at 9:00. */
  @ParameterizedTest
  @CsvSource({
    // on time
    "SKIP,   09:00:00, 09:00, 10:00",
    "ONE,    09:00:00, 09:00, 10:00",
    "ALL(3), 09:00:00, 09:00, 10:00",
    // a little late
    "SKIP,   09:01:00, 09:00, 10:00",
    "SKIP,   09:01:01,      , 10:00",
    "ONE,    09:59:59, 09:00, 10:00",
    "ALL(3), 09:59:59, 09:00, 10:00",
    // missed, and the next one on time
    "SKIP,   11:00:30, 11:00, 12:00",
    "SKIP,   11:30:00,      , 12:00",
    "ONE,    11:00:30, 11:00, 12:00",
    "ONE,    11:30:00, 11:00, 12:00",
    // up to as many as wanted, the oldest first
    "ALL(3), 11:30:00, 09:00, 10:00",
    "ALL(3), 12:00:00, 10:00, 11:00",
    "ALL(2), 12:30:00, 11:00, 12:00",
    "ALL(1), 12:30:00, 12:00, 13:00",
    "ALL(9), 12:30:00, 09:00, 10:00",
  })
  void whatIsDueFiresAsItsPolicySays(
      String policy, String now, @Nullable String fires, @Nullable String next) {
    Schedule hourly = new Schedule.Every(at("00:00"), Duration.ofHours(1));

    Tick tick = Tick.of(hourly, CatchUp.parse(policy), at("09:00"), at(now), GRACE);

    assertThat(tick).isEqualTo(new Tick(fires == null ? null : at(fires), at(next)));
  }

  @Test
  void whatHappensOnceHappensLate() {
    Schedule once = new Schedule.Once(at("09:00"));
    Instant yearsLater = at("09:00").plus(Duration.ofDays(3_000));
    assertThat(Tick.of(once, CatchUp.ONE, at("09:00"), yearsLater, GRACE))
        .isEqualTo(new Tick(at("09:00"), null));
    assertThat(Tick.of(once, CatchUp.SKIP, at("09:00"), yearsLater, GRACE))
        .isEqualTo(new Tick(null, null));
  }

  /** All that fires after a time away is what the policy's formula says, in order, each once. */
  @Test
  void anyTimeAwayIsMadeUpAsTheFormulaSays() {
    SplittableRandom random = new SplittableRandom(7);
    List<Schedule> schedules =
        List.of(
            Schedule.Cron.of("0 */5 * * * *", "Europe/Berlin"),
            Schedule.Cron.of("0 0,30 1-3 * * *", "Europe/Berlin"),
            new Schedule.Every(at("00:00"), Duration.ofSeconds(431)));
    for (int round = 0; round < 3_000; round++) {
      Schedule schedule = schedules.get(random.nextInt(schedules.size()));
      Instant due =
          schedule.next(Instant.parse("2026-03-27T00:00:00Z").plusSeconds(random.nextInt(300_000)));
      assertThat(due).isNotNull();
      Instant now = due.plusSeconds(random.nextInt(random.nextInt(1, 200_000)));
      List<Instant> passed = new ArrayList<>();
      for (Instant t = due; t != null && !t.isAfter(now); t = schedule.next(t)) {
        passed.add(t);
      }
      int max = random.nextInt(1, 12);

      assertThat(fired(schedule, CatchUp.all(max), due, now))
          .isEqualTo(passed.subList(Math.max(0, passed.size() - max), passed.size()));
      assertThat(fired(schedule, CatchUp.ONE, due, now)).containsExactly(passed.getLast());
      assertThat(fired(schedule, CatchUp.SKIP, due, now))
          .isEqualTo(
              passed.getLast().plus(GRACE).isBefore(now) ? List.of() : List.of(passed.getLast()));
    }
  }

  private static List<Instant> fired(Schedule schedule, CatchUp catchUp, Instant due, Instant now) {
    List<Instant> fired = new ArrayList<>();
    Instant next = due;
    while (next != null && !next.isAfter(now)) {
      Tick tick = Tick.of(schedule, catchUp, next, now, GRACE);
      if (tick.fires() != null) {
        fired.add(tick.fires());
      }
      next = tick.next();
    }
    return fired;
  }

  private static Instant at(String time) {
    return Instant.parse("2026-03-01T" + time + (time.length() == 5 ? ":00Z" : "Z"));
  }
}
