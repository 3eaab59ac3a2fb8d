package org.spawnmesh.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KubernetesSettingsTest {

  private static void assertRefused(Duration lease, Duration request, String... why) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KubernetesSettings.detected().timeouts(lease, request))
        .withMessageContainingAll(why);
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "PT1.5S", "PT0.9S", "PT1H1S"})
  void aLeaseIsAWholeNumberOfSeconds(Duration lease) {
    assertRefused(lease, Duration.ofMillis(1), lease.toString(), "whole number of seconds");
  }

  @Test
  void aRequestIsShorterThanTheLease() {
    KubernetesSettings.detected().timeouts(Duration.ofSeconds(1), Duration.ofMillis(999));
    assertRefused(Duration.ofSeconds(1), Duration.ofSeconds(1), "PT1S", "not shorter");
    assertRefused(Duration.ofSeconds(1), Duration.ofNanos(1), "PT0.000000001S", "millisecond");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " "})
  void aPodHasANameAndAUid(String nothing) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KubernetesSettings.Pod("cart-0", nothing))
        .withMessageContaining("cart-0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KubernetesSettings.Pod(nothing, "some-uid"))
        .withMessageContaining("some-uid");
  }
}
