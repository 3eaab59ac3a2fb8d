package org.spawnmesh.spring.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DoorTest {

  @Test
  void isOpenWhereSomebodyListens() throws IOException {
    Set<String> addresses;
    try (ServerSocket socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      String open = "127.0.0.1:" + socket.getLocalPort();
      addresses = Set.of(open, "nowhere.invalid:1", "no port");
      assertThat(Door.open(addresses)).containsExactly(open);
    }
    assertThat(Door.open(addresses)).isEmpty();
  }
}
