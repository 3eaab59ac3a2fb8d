package org.spawnmesh.statestore.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.statestore.jdbc.Batch.Verdict;

/**
 * CockroachDB speaks PostgreSQL's protocol and its upsert. Transactions are SERIALIZABLE, its
 * default: 40001 says that nothing happened, 40003 that it cannot tell. It has no advisory locks.
 */
final class CockroachDialect extends PostgresDialect {

  private static final String BEGIN =
      "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; SET LOCAL idle_in_transaction_session_timeout = '"
          + IDLE_IN_TRANSACTION_SECONDS
          + "s'";

  CockroachDialect(Tables tables) {
    super(tables);
  }

  @Override
  String name() {
    return "CockroachDB";
  }

  @Override
  String migrations() {
    return "cockroachdb";
  }

  @Override
  void begin(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    execute(connection, BEGIN);
  }

  @Override
  void beginBatch(Connection connection) throws SQLException {
    begin(connection);
  }

  @Override
  Verdict write(Connection connection, Batch batch) throws SQLException {
    return writeStepwise(connection, batch);
  }

  @Override
  @Nullable SessionLock tryLock(Connection connection, String system) throws SQLException {
    return RowLock.tryLock(connection, this, tables, system);
  }
}
