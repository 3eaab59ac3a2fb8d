package org.spawnmesh.statestore.jdbc;

class H2StateStoreTest extends JdbcStateStoreContract {

  @Override
  StorePool database() {
    return Databases.h2InMemory();
  }
}
