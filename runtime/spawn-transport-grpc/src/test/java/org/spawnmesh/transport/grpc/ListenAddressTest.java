package org.spawnmesh.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class ListenAddressTest {

  @Test
  void peersConnectToThePortThatIsListenedOn() {
    assertThat(ListenAddress.LOOPBACK.reachedAt(7000)).isEqualTo("127.0.0.1:7000");
  }

  @Test
  void orToWhateverStandsBetween() {
    assertThat(new ListenAddress("127.0.0.1", 7000, "mesh.example", 443).reachedAt(7000))
        .isEqualTo("mesh.example:443");
  }

  @Test
  void aPortOutOfRangeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ListenAddress("127.0.0.1", 0, null, 70_000))
        .withMessageContaining("advertise")
        .withMessageContaining("70000");
  }
}
