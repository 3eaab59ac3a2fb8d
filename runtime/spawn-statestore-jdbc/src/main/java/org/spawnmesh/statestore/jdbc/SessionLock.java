package org.spawnmesh.statestore.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.spawnmesh.store.Ledger.StandaloneLock;

/**
 * A lock that lives as long as a database session: the database frees it when the process that held
 * it is gone. Owns its connection.
 *
 * <p>Thread-safe.
 */
abstract class SessionLock implements StandaloneLock {

  private static final int CHECK_SECONDS = 2;

  private final Dialect dialect;
  private final Connection connection;
  private boolean closed;

  SessionLock(Dialect dialect, Connection connection) {
    this.dialect = dialect;
    this.connection = connection;
  }

  /** Asks the session whether it still holds the lock; an error means no. */
  abstract boolean isHeld(Connection session) throws SQLException;

  /** Frees the lock; the connection may go back to a pool afterwards. */
  abstract void free(Connection session) throws SQLException;

  static int checkSeconds() {
    return CHECK_SECONDS;
  }

  @Override
  public final synchronized boolean isHeld() {
    if (closed) {
      return false;
    }
    try {
      return isHeld(connection);
    } catch (SQLException e) {
      Transactions.log.debug("The session of the standalone lock is gone: {}", Dialect.words(e));
      return false;
    }
  }

  @Override
  public final synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      free(connection);
    } catch (SQLException e) {
      // Nobody may find the lock on a connection from the pool: end the session with it.
      Transactions.log.debug("The standalone lock ends with its session: {}", Dialect.words(e));
      dialect.abandon(connection);
    }
    Dialect.close(connection);
  }
}
