package org.spawnmesh.statestore.jdbc;

import org.spawnmesh.actor.ActorId;
import org.spawnmesh.store.Snapshot;

class SqliteStateStoreTest extends JdbcStateStoreContract {

  @Override
  StorePool database() {
    return Databases.sqlite(Databases.folder());
  }

  /** Lengths are not declared here, and a gigabyte would not fit the test. */
  @Override
  protected Snapshot unfit(ActorId actor) {
    return null;
  }
}
