package org.spawnmesh.statestore.jdbc;

class MariaDbStateStoreTest extends JdbcStateStoreContract {

  @Override
  StorePool database() {
    return Databases.mariaDb();
  }
}
