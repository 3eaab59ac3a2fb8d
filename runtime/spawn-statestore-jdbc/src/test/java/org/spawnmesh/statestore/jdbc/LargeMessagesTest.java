package org.spawnmesh.statestore.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorId;

/** Drivers read all rows of a query before they give the first: the query says what is large. */
class LargeMessagesTest {

  @Test
  void whatIsLargerThanItsShareOfAPageStaysInTheDatabase() {
    BreakableDataSource database = new BreakableDataSource(Databases.sqlite(Databases.folder()));
    List<String> statements = new CopyOnWriteArrayList<>();
    try (JdbcStateStore store = JdbcStateStore.builder(database).system("system").build()) {
      database.set(
          new BreakableDataSource.Trap() {
            @Override
            public void before(String operation, Connection real) {
              statements.add(operation);
            }
          });
      store.agenda().outbox(ActorId.of("system", "Account", "alice"), 0, 8, 50_000);
    }
    assertThat(statements).anyMatch(sql -> sql.contains("LENGTH(payload) <= 6250 THEN payload"));
  }
}
