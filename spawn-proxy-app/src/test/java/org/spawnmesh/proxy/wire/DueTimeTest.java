package org.spawnmesh.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DueTimeTest {

  private static final Instant NOW = Instant.ofEpochMilli(1_800_000_000_000L);

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-5, 0",
    "30000, 30000",
    "99999999999, 99999999999",
    "100000000000, 0",
    "1799999999999, 0",
    "1800000000000, 0",
    "1800000005000, 5000"
  })
  void c12_numbersAreInstantsOrDelays(long scheduledTo, long millis) {
    assertThat(DueTime.delay(scheduledTo, NOW)).isEqualTo(Duration.ofMillis(millis));
  }

  @Test
  void noTimerCountsToTheEndOfTime() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DueTime.delay(Long.MAX_VALUE, NOW))
        .withMessageContaining("hundred years");
    assertThat(DueTime.delay(Long.MIN_VALUE, NOW)).isZero();
  }
}
