package org.spawnmesh.statestore.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.statestore.jdbc.Batch.Verdict;
import org.spawnmesh.store.CommitRefusedException;
import org.spawnmesh.store.OutcomeUnknownException;
import org.spawnmesh.store.StoreUnavailableException;

/**
 * Runs work on the database and says of each failure what is known about it: before COMMIT was sent
 * nothing happened; afterwards only the database can tell.
 *
 * <p>Each call takes a connection of its own from the pool and never joins a transaction of the
 * calling thread. Thread-safe.
 */
final class Transactions {

  static final Logger log = LoggerFactory.getLogger(JdbcStateStore.class);

  private static final Object DONE = new Object();

  private final DataSource dataSource;
  private final Dialect dialect;

  /** What is done with a connection. */
  interface Work<T> {
    T on(Connection connection) throws SQLException;
  }

  /** What is done with a connection and has no result. */
  interface Task {
    void on(Connection connection) throws SQLException;
  }

  Transactions(DataSource dataSource, Dialect dialect) {
    this.dataSource = dataSource;
    this.dialect = dialect;
  }

  Connection connect() {
    try {
      return dataSource.getConnection();
    } catch (SQLException e) {
      throw new StoreUnavailableException(
          "No connection to %s: %s".formatted(dialect.name(), Dialect.words(e)), e);
    }
  }

  /** One statement, or several that need not belong together. */
  <T> T read(Work<T> work) {
    Connection connection = connect();
    try (connection) {
      T result = work.on(connection);
      if (!connection.getAutoCommit()) {
        connection.rollback();
      }
      return result;
    } catch (SQLException e) {
      throw unavailable(e);
    }
  }

  void run(Task task) {
    read(
        connection -> {
          task.on(connection);
          return DONE;
        });
  }

  /** As {@link #write(Work)}, without a result. */
  void writeAll(Task task) {
    write(
        connection -> {
          task.on(connection);
          return DONE;
        });
  }

  /**
   * @throws OutcomeUnknownException if the connection broke while COMMIT was under way
   */
  <T> T write(Work<T> work) {
    Open transaction = begin(dialect::begin);
    T result;
    try {
      result = work.on(transaction.connection);
    } catch (SQLException e) {
      transaction.rollback();
      throw unavailable(e);
    } catch (RuntimeException | Error e) {
      transaction.rollback();
      throw e;
    }
    transaction.commit();
    return result;
  }

  /** Writes the batch and commits, or leaves everything as it was. */
  Verdict write(Batch batch) {
    if (dialect.commitsInWrite()) {
      return writeAtOnce(batch);
    }
    Open transaction = begin(dialect::beginBatch);
    Verdict verdict;
    try {
      verdict = dialect.write(transaction.connection, batch);
    } catch (SQLException e) {
      transaction.rollback();
      throw beforeCommit(e);
    } catch (RuntimeException | Error e) {
      transaction.rollback();
      throw e;
    }
    if (verdict == Verdict.WRITTEN) {
      transaction.commit();
    } else {
      transaction.rollback();
    }
    return verdict;
  }

  /** The statement holds its own transaction: from the moment it is sent, its outcome is open. */
  private Verdict writeAtOnce(Batch batch) {
    Connection connection = connect();
    boolean autoCommit;
    try {
      autoCommit = connection.getAutoCommit();
      connection.setAutoCommit(true);
    } catch (SQLException e) {
      Dialect.close(connection);
      throw unavailable(e);
    }
    Verdict verdict;
    try {
      verdict = dialect.write(connection, batch);
    } catch (SQLException e) {
      dialect.abandon(connection);
      Dialect.close(connection);
      throw atCommit(e);
    }
    giveBack(connection, () -> connection.setAutoCommit(autoCommit));
    return verdict;
  }

  private Open begin(Task beginning) {
    Connection connection = connect();
    boolean autoCommit;
    try {
      autoCommit = connection.getAutoCommit();
    } catch (SQLException e) {
      Dialect.close(connection);
      throw unavailable(e);
    }
    try {
      beginning.on(connection);
    } catch (SQLException e) {
      new Open(connection, autoCommit).rollback();
      throw unavailable(e);
    } catch (RuntimeException | Error e) {
      new Open(connection, autoCommit).rollback();
      throw e;
    }
    return new Open(connection, autoCommit);
  }

  /** A transaction under way; either {@link #commit} or {@link #rollback} ends it, once. */
  private final class Open {

    private final Connection connection;
    private final boolean autoCommit;

    Open(Connection connection, boolean autoCommit) {
      this.connection = connection;
      this.autoCommit = autoCommit;
    }

    void commit() {
      try {
        dialect.commit(connection);
      } catch (SQLException e) {
        // Turning auto-commit on again could commit what is left open: this connection is done for.
        dialect.abandon(connection);
        Dialect.close(connection);
        throw atCommit(e);
      }
      giveBack(connection, () -> dialect.end(connection, autoCommit));
    }

    void rollback() {
      try {
        dialect.rollback(connection);
      } catch (SQLException e) {
        log.debug("A connection broke before its transaction ended: {}", Dialect.words(e));
        dialect.abandon(connection);
        Dialect.close(connection);
        return;
      }
      giveBack(connection, () -> dialect.end(connection, autoCommit));
    }
  }

  private interface Restoration {
    void run() throws SQLException;
  }

  /** What was done is settled, so no failure here may look like one of it. */
  private void giveBack(Connection connection, Restoration restoration) {
    try {
      restoration.run();
    } catch (SQLException e) {
      log.debug("A connection broke after its transaction ended: {}", Dialect.words(e));
      dialect.abandon(connection);
    }
    Dialect.close(connection);
  }

  private RuntimeException beforeCommit(SQLException e) {
    if (dialect.isRefused(e)) {
      return new CommitRefusedException(
          "%s cannot hold one of the changes: %s".formatted(dialect.name(), Dialect.words(e)), e);
    }
    return unavailable(e);
  }

  private RuntimeException atCommit(SQLException e) {
    if (dialect.isSurelyRolledBack(e)) {
      return beforeCommit(e);
    }
    return new OutcomeUnknownException(
        "%s did not answer a commit, which may have happened: %s"
            .formatted(dialect.name(), Dialect.words(e)),
        e);
  }

  private StoreUnavailableException unavailable(SQLException e) {
    String what =
        e instanceof SQLNonTransientConnectionException || Dialect.stateClass(e).equals("08")
            ? "The connection to %s broke before the commit: %s"
            : "%s could not do it now: %s";
    return new StoreUnavailableException(what.formatted(dialect.name(), Dialect.words(e)), e);
  }
}
