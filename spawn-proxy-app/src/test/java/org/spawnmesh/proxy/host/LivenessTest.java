package org.spawnmesh.proxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LivenessTest {

  private static Liveness liveness(Probe probe) {
    return new Liveness(
        new HostAddress("127.0.0.1", 8090),
        probe,
        Duration.ofSeconds(30),
        Duration.ofSeconds(3),
        Duration.ofMillis(20),
        TestHosts.NOBODY,
        System::nanoTime,
        new Random(1),
        Thread.ofVirtual().factory());
  }

  @Test
  void aProbeThatBreaksIsFollowedByTheNext() throws Exception {
    AtomicInteger probes = new AtomicInteger();
    try (Liveness liveness =
        liveness(
            () -> {
              if (probes.incrementAndGet() < 3) {
                throw new IllegalStateException("no route");
              }
            })) {
      liveness.failed("connection refused");

      Reach reach = liveness.await(System.nanoTime() + Duration.ofSeconds(20).toNanos());

      assertThat(reach).isEqualTo(Reach.UP);
      assertThat(probes).hasValue(3);
    }
  }
}
