package org.spawnmesh.statestore.jdbc;

class PostgresStateStoreTest extends JdbcStateStoreContract {

  @Override
  StorePool database() {
    return Databases.postgres();
  }
}
