package org.spawnmesh.statestore.jdbc;

/** What MySQL's driver makes of the statements, above all of the number of affected rows. */
class MariaDbThroughMySqlDriverStateStoreTest extends MariaDbStateStoreTest {

  @Override
  StorePool database() {
    return Databases.mariaDbThroughMySqlDriver();
  }
}
