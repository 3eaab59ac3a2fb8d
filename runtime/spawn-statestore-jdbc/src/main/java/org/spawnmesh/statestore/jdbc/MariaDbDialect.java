package org.spawnmesh.statestore.jdbc;

/** MariaDB: as MySQL, and with a time limit for idle transactions. */
final class MariaDbDialect extends MySqlDialect {

  MariaDbDialect(Tables tables) {
    super(tables);
  }

  @Override
  String name() {
    return "MariaDB";
  }

  @Override
  String migrations() {
    return "mariadb";
  }

  @Override
  String idleLimit() {
    return "idle_transaction_timeout";
  }
}
