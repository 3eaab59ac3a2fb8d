package org.spawnmesh.statestore.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A session lock for databases without one: a transaction that stays open and holds one row of a
 * table that nothing else reads.
 */
final class RowLock extends SessionLock {

  private final boolean autoCommit;

  private RowLock(Dialect dialect, Connection connection, boolean autoCommit) {
    super(dialect, connection);
    this.autoCommit = autoCommit;
  }

  static @Nullable RowLock tryLock(
      Connection connection, Dialect dialect, Tables tables, String system) throws SQLException {
    boolean autoCommit = connection.getAutoCommit();
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO " + tables.standalone() + " (system) VALUES (?)")) {
      insert.setString(1, system);
      insert.executeUpdate();
      if (!autoCommit) {
        connection.commit();
      }
    } catch (SQLException e) {
      if (!autoCommit) {
        connection.rollback();
      }
      if (!dialect.isDuplicateKey(e)) {
        throw e;
      }
    }
    connection.setAutoCommit(false);
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT system FROM " + tables.standalone() + " WHERE system = ? FOR UPDATE NOWAIT")) {
      select.setString(1, system);
      try (ResultSet rows = select.executeQuery()) {
        if (rows.next()) {
          return new RowLock(dialect, connection, autoCommit);
        }
      }
    } catch (SQLException e) {
      connection.rollback();
      connection.setAutoCommit(autoCommit);
      if (dialect.isLocked(e)) {
        return null;
      }
      throw e;
    }
    connection.rollback();
    connection.setAutoCommit(autoCommit);
    return null;
  }

  /** The row is ours as long as the transaction lives, and that as long as it answers. */
  @Override
  boolean isHeld(Connection session) throws SQLException {
    try (PreparedStatement select = session.prepareStatement("SELECT 1")) {
      select.setQueryTimeout(checkSeconds());
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() && !session.getAutoCommit();
      }
    }
  }

  @Override
  void free(Connection session) throws SQLException {
    session.rollback();
    session.setAutoCommit(autoCommit);
  }
}
