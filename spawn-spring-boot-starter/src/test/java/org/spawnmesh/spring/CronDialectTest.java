package org.spawnmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.Schedule;
import org.springframework.scheduling.support.CronExpression;

/** What a Spring developer writes for {@code @Scheduled} means the same for {@link Reminder}. */
class CronDialectTest {

  private static final List<List<String>> FIELDS =
      List.of(
          List.of("0", "*", "*/7", "5-20/3", "30", "1,2,59", "50/5"),
          List.of("0", "*", "*/15", "10-12", "59", "7/20"),
          List.of("*", "0", "9", "*/5", "8-17", "23,1", "20/2"),
          List.of("*", "?", "1", "29", "31", "L", "L-3", "1-7", "*/10", "10,20"),
          List.of("*", "2", "FEB", "1-6", "apr,Sep", "*/5"),
          List.of("*", "?", "MON-FRI", "0", "7", "sun", "6#3", "TUE#5", "FRIL", "*/2", "1,3"));

  @Test
  void anExpressionMeansWhatItMeansToSpring() {
    SplittableRandom random = new SplittableRandom(11);
    for (int round = 0; round < 5_000; round++) {
      StringBuilder text = new StringBuilder();
      for (List<String> field : FIELDS) {
        text.append(text.isEmpty() ? "" : " ").append(field.get(random.nextInt(field.size())));
      }
      Instant after = Instant.ofEpochSecond(1_700_000_000 + random.nextInt(100_000_000));
      LocalDateTime springs =
          CronExpression.parse(text.toString())
              .next(LocalDateTime.ofInstant(after, ZoneOffset.UTC));
      if (springs == null) {
        continue; // Spring gives up after some attempts
      }
      assertThat(Schedule.Cron.of(text.toString(), "UTC").next(after))
          .as("%s after %s", text, after)
          .isEqualTo(Objects.requireNonNull(springs).toInstant(ZoneOffset.UTC));
    }
  }
}
