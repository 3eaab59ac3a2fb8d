package org.spawnmesh.spring.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SampleRateTest {

  private final AtomicLong nanos = new AtomicLong(-5);
  private final SampleRate rate = new SampleRate(nanos::get);

  private long calls;
  private long taken;
  private long standFor;

  /** Calls spread evenly over one second. */
  private void second(int count) {
    for (int i = 0; i < count; i++) {
      nanos.addAndGet(TimeUnit.SECONDS.toNanos(1) / count);
      int weight = rate.weight();
      calls++;
      taken += weight > 0 ? 1 : 0;
      standFor += weight;
    }
  }

  @Test
  void fewCallsAreAllTaken() {
    for (int i = 0; i < 1_000; i++) {
      second(SampleRate.A_SECOND);
      if (i % 7 == 0) {
        rate.adapt(calls);
      }
    }
    assertThat(taken).isEqualTo(calls);
    assertThat(standFor).isEqualTo(calls);
  }

  @Test
  void aboutSoManyASecondAreTakenOfManyAndStandForAll() {
    second(100_000);
    rate.adapt(calls);
    calls = 0;
    taken = 0;
    standFor = 0;
    for (int i = 1; i <= 20; i++) {
      second(100_000);
      rate.adapt(100_000L * (i + 1));
    }
    assertThat(taken / 20.0).isBetween(SampleRate.A_SECOND * 0.9, SampleRate.A_SECOND * 2.0);
    assertThat((double) standFor).isCloseTo(calls, within(calls * 0.1));
  }

  @Test
  void aBurstIsNotTakenWholeThoughNobodyAdapts() {
    second(1_000_000);
    assertThat(taken).isLessThan(20 * 4 * SampleRate.A_SECOND);
    assertThat((double) standFor).isCloseTo(calls, within(calls * 0.2));
  }

  @Test
  void whenTheBurstIsOverAllAreTakenAgain() {
    second(1_000_000);
    rate.adapt(calls);
    second(10);
    rate.adapt(calls);
    taken = 0;
    second(10);
    assertThat(taken).isEqualTo(10);
  }

  @Test
  void oneWhoAsksOftenDoesNotAdaptToAMoment() {
    second(100);
    rate.adapt(calls);
    nanos.addAndGet(1_000);
    rate.adapt(calls + 1_000); // a billion a second, for a microsecond
    taken = 0;
    second(100);
    assertThat(taken).isEqualTo(100);
  }
}
