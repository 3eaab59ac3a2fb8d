package org.spawnmesh.proxy.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostAddressTest {

  @Test
  void itIsPrintedAsInAUrl() {
    assertThat(new HostAddress("127.0.0.1", 8090)).hasToString("127.0.0.1:8090");
    assertThat(new HostAddress("::1", 8090)).hasToString("[::1]:8090");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\r\nX-Evil: 1", "http://a", "[::1]", "ä"})
  void whatIsNoHostIsRefused(String host) {
    assertThatThrownBy(() -> new HostAddress(host, 8090))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 65_536})
  void whatIsNoPortIsRefused(int port) {
    assertThatThrownBy(() -> new HostAddress("localhost", port))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(String.valueOf(port));
  }
}
