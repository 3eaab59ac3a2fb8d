package org.spawnmesh.proxy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrintableTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 9, 10, 13, 0x1b, 0x7f, 0x85, 0x9b, 0x2028, 0x2029, 0x202e, 0x2066})
  void whatCannotBeSeenIsEscaped(int c) {
    String text = "a" + (char) c + "b";

    assertThat(Printable.of(text)).isEqualTo("a\\u%04xb".formatted(c));
    assertThatThrownBy(() -> Printable.require("action", text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("action")
        .hasMessageContaining(Printable.of(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "plain", "käse/brot 7 % ? #", "naïve 🍵", "$1 \\u000a"})
  void whatCanBeSeenStays(String text) {
    assertThat(Printable.of(text)).isEqualTo(text);
    assertThat(Printable.require("action", text)).isSameAs(text);
  }

  @Test
  void longTextIsCut() {
    assertThat(Printable.of("x".repeat(10_000))).hasSize(201).endsWith("…");
  }
}
