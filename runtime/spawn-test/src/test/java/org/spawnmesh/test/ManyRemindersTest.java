package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Long times and many reminders, on virtual time. */
class ManyRemindersTest {

  private static final Logger log = LoggerFactory.getLogger(ManyRemindersTest.class);

  @Test
  void aWeekAwayIsMadeUpForAHundredThousandReminders() {
    try (var world = new ReminderWorld()) {
      List<String> policies = List.of("SKIP", "ONE", "ALL(3)");
      for (int i = 0; i < 100_000; i++) {
        world.ask("a" + i, "every", "count|PT%dM|%s".formatted(60 + i % 7, policies.get(i % 3)));
      }
      world.crash();
      world.advance(Duration.ofDays(7));
      Instant back = world.timers.instant();
      world.restart();
      world.advance(Duration.ofMinutes(5));
      long fired = 0;
      for (int i = 0; i < 100_000; i++) {
        long minutes = 60 + i % 7;
        long missed = Duration.ofDays(7).toMinutes() / minutes;
        boolean fresh = Duration.ofDays(7).toMinutes() % minutes == 0;
        long made = i % 3 == 0 ? (fresh ? 1 : 0) : i % 3 == 1 ? 1 : Math.min(3, missed);
        long since =
            Duration.ofDays(7).plus(Duration.between(back, world.timers.instant())).toMinutes()
                    / minutes
                - missed;
        assertThat(world.count("a" + i)).as("a%d", i).isEqualTo(made + since);
        fired += made + since;
      }
      assertThat(world.late).hasSize((int) fired);
    }
  }

  @Test
  void aYearOfHourlyRemindersForAHundredActorsMissesNone() {
    try (var world = new ReminderWorld()) {
      for (int i = 0; i < 100; i++) {
        world.ask("a" + i, "every", "count|PT1H");
      }
      ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
      long begin = cpu.getCurrentThreadCpuTime();
      world.advance(Duration.ofDays(365).plusSeconds(1));
      Duration took = Duration.ofNanos(cpu.getCurrentThreadCpuTime() - begin);
      for (int i = 0; i < 100; i++) {
        assertThat(world.count("a" + i)).isEqualTo(365 * 24);
      }
      assertThat(world.late).hasSize(365 * 24 * 100);
      log.info("A year of hourly reminders for a hundred actors took {} of one processor", took);
      if (Boolean.getBoolean("spawn.measure")) {
        assertThat(took).isLessThan(Duration.ofSeconds(5));
      }
    }
  }
}
