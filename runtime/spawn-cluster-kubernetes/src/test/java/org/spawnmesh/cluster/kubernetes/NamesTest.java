package org.spawnmesh.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spawnmesh.store.Incarnation;

class NamesTest {

  private static final String LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "shop",
        "Shop",
        "a b",
        "ä %2E. ",
        ".",
        "-",
        "",
        "\uFFF0",
        "9",
        "shop-",
        "a-very-long-name-of-a-system-that-nobody-would-type-twice-in-a-lifetime-at-all"
      })
  void everySystemHasNamesThatKubernetesTakes(String system) {
    Names names = Names.of(system);
    assertThat(names.key()).hasSizeLessThanOrEqualTo(63).matches(LABEL + "(\\." + LABEL + ")?");
    for (String name : new String[] {names.mesh(), names.member(new Incarnation(Long.MAX_VALUE))}) {
      assertThat(name).hasSizeLessThanOrEqualTo(253).matches(LABEL + "(\\." + LABEL + ")?");
    }
  }

  @Test
  void noTwoSystemsShareAName() {
    var systems = Stream.of("shop", "shop-12", "shop-mesh", "Shop", "sHop", "shop ", "SHOP-12");
    var names =
        systems
            .map(Names::of)
            .flatMap(each -> Stream.of(each.mesh(), each.member(new Incarnation(12))))
            .collect(Collectors.toSet());
    assertThat(names).hasSize(14);
    assertThat(Names.of("shop").member(new Incarnation(12))).isEqualTo("spawn-shop-12");
    assertThat(Names.of("Shop").member(new Incarnation(12))).startsWith("spawn-shop.");
  }

  @Test
  void settingsThatMakeNoSense() {
    KubernetesSettings settings = KubernetesSettings.detected();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.timeouts(Duration.ofMillis(1500), Duration.ofSeconds(1)))
        .withMessageContaining("PT1.5S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.timeouts(Duration.ZERO, Duration.ofSeconds(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.timeouts(Duration.ofSeconds(3), Duration.ofSeconds(3)))
        .withMessageContaining("PT3S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> settings.timeouts(Duration.ofSeconds(3), Duration.ZERO));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KubernetesSettings.Pod("cart-0", ""))
        .withMessageContaining("cart-0");
  }
}
