package org.spawnmesh.statestore.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.StateStore;
import org.spawnmesh.test.store.StateStoreContract;

/** The contract on a database that the tests of a class share, as an application shares its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class JdbcStateStoreContract extends StateStoreContract {

  private HikariDataSource dataSource;

  abstract StorePool database();

  @BeforeAll
  void connect() {
    StorePool pool = database();
    dataSource = new StorePool(pool.url(), pool.username(), pool.password(), 8).open();
  }

  @AfterAll
  void disconnect() {
    dataSource.close();
  }

  @Override
  protected StateStore open(String actorSystem) {
    return JdbcStateStore.builder(dataSource).system(actorSystem).build();
  }

  @Override
  protected Snapshot unfit(ActorId actor) {
    return new Snapshot(actor, 1, Payload.of("t".repeat(2000), new byte[0]), Map.of());
  }
}
