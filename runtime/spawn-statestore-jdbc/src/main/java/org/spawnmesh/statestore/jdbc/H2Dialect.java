package org.spawnmesh.statestore.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** H2, embedded or as a server. Its sessions have no locks of their own: a locked row stands in. */
final class H2Dialect extends BatchedDialect {

  private static final int LOCK_TIMEOUT = 50200;
  private static final int DEADLOCK = 40001;
  private static final int ROW_LOCKED = 90131;

  H2Dialect(Tables tables) {
    super(tables);
  }

  @Override
  String name() {
    return "H2";
  }

  @Override
  String migrations() {
    return "h2";
  }

  @Override
  String epochMillis() {
    return "DATEDIFF(MILLISECOND, TIMESTAMP WITH TIME ZONE '1970-01-01 00:00:00+00', CURRENT_TIMESTAMP)";
  }

  @Override
  void begin(Connection connection) throws SQLException {
    if (connection.getTransactionIsolation() != Connection.TRANSACTION_READ_COMMITTED) {
      connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    }
    connection.setAutoCommit(false);
  }

  @Override
  void abandon(Connection connection) {
    rollBackIfOpen(connection, "ROLLBACK");
    super.abandon(connection);
  }

  @Override
  boolean isLocked(SQLException error) {
    int code = error.getErrorCode();
    return code == LOCK_TIMEOUT || code == ROW_LOCKED || code == DEADLOCK;
  }
}
