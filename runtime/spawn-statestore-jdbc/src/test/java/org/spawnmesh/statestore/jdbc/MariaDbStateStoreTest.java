package org.spawnmesh.statestore.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.store.CommitRefusedException;
import org.spawnmesh.store.Snapshot;

class MariaDbStateStoreTest extends JdbcStateStoreContract {

  @Override
  StorePool database() {
    return Databases.mariaDb();
  }

  @Test
  void aStateLargerThanTheServerAcceptsIsRefusedForGood() {
    Node node = onlyMember();
    Payload large = Payload.of("blob", new byte[17 << 20]);

    assertThatExceptionOfType(CommitRefusedException.class)
        .isThrownBy(
            () -> node.commit(change(new Snapshot(actor("large"), 1, large, Map.of()), 0, 0)));

    node.commit(change(actor("small"), 0, 1, "x"));
    assertThat(stored(actor("small"))).isEqualTo("x@1");
  }
}
