package org.spawnmesh.cluster.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.curator.framework.state.ConnectionState;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ConnectionTest {

  @ParameterizedTest
  @CsvSource({
    "CONNECTED, CONNECTED",
    "RECONNECTED, CONNECTED",
    "SUSPENDED, SUSPENDED",
    "READ_ONLY, SUSPENDED",
    "LOST, LOST"
  })
  void whatCuratorTellsSaysAll(ConnectionState told, Connection expected) {
    for (Connection before : Connection.values()) {
      if (before != Connection.CLOSED) {
        assertThat(before.after(told)).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void closedIsClosed(ConnectionState told) {
    assertThat(Connection.CLOSED.after(told)).isEqualTo(Connection.CLOSED);
  }
}
