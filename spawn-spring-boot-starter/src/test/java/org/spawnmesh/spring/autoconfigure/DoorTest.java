package org.spawnmesh.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class DoorTest {

  @Test
  void isOpenAsLongAsSomebodyListens() throws IOException {
    String address;
    try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      address = "127.0.0.1:" + socket.getLocalPort();
      assertThat(Door.isOpen(address)).isTrue();
    }
    assertThat(Door.isOpen(address)).isFalse();
  }

  @Test
  void isNotOpenWhereThereIsNone() {
    assertThat(Door.isOpen("nowhere.invalid:1")).isFalse();
    assertThat(Door.isOpen("no port")).isFalse();
  }
}
