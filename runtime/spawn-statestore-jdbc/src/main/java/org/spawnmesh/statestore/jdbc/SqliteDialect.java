package org.spawnmesh.statestore.jdbc;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * SQLite in a file: WAL, {@code synchronous=FULL}, so a commit is on the disk when it returns.
 *
 * <p>It has one writer at a time. Within this store the writers queue up at a lock; between
 * processes SQLite itself polls, up to its busy timeout.
 */
final class SqliteDialect extends BatchedDialect {

  private static final int BUSY = 5;
  private static final int LOCKED = 6;
  private static final int TOO_BIG = 18;
  private static final int CONSTRAINT = 19;
  private static final int PRIMARY_CODE = 0xff;

  private static final int BUSY_TIMEOUT_MILLIS = 5_000;

  private final ReentrantLock oneWriter = new ReentrantLock(true);

  SqliteDialect(Tables tables) {
    super(tables);
  }

  @Override
  String name() {
    return "SQLite";
  }

  @Override
  String migrations() {
    return "sqlite";
  }

  @Override
  String literal(boolean value) {
    return value ? "1" : "0";
  }

  @Override
  String octets(String column) {
    return "LENGTH(" + column + ")";
  }

  @Override
  String epochMillis() {
    return "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)";
  }

  @Override
  void prepareDatabase(Connection connection) throws SQLException {
    if (file(connection).isEmpty()) {
      throw new IllegalArgumentException(
          "An SQLite database in memory is private to one connection; use a file, or the in-memory store");
    }
    boolean autoCommit = connection.getAutoCommit();
    connection.setAutoCommit(true);
    execute(connection, "PRAGMA busy_timeout = " + BUSY_TIMEOUT_MILLIS);
    execute(connection, "PRAGMA journal_mode = WAL");
    connection.setAutoCommit(autoCommit);
  }

  /**
   * Both settings belong to the connection, which may come from anybody's pool; and with
   * auto-commit off the driver would begin a transaction of its own.
   */
  @Override
  void begin(Connection connection) throws SQLException {
    oneWriter.lock();
    try {
      connection.setAutoCommit(true);
      execute(connection, "PRAGMA synchronous = FULL");
      execute(connection, "PRAGMA busy_timeout = " + BUSY_TIMEOUT_MILLIS);
      execute(connection, "BEGIN IMMEDIATE");
    } catch (SQLException | RuntimeException | Error e) {
      oneWriter.unlock();
      throw e;
    }
  }

  @Override
  void commit(Connection connection) throws SQLException {
    try {
      execute(connection, "COMMIT");
    } finally {
      unlock();
    }
  }

  @Override
  void rollback(Connection connection) throws SQLException {
    try {
      execute(connection, "ROLLBACK");
    } finally {
      unlock();
    }
  }

  /** {@link #begin} may have failed before it had the lock. */
  private void unlock() {
    if (oneWriter.isHeldByCurrentThread()) {
      oneWriter.unlock();
    }
  }

  @Override
  void abandon(Connection connection) {
    rollBackIfOpen(connection, "ROLLBACK");
  }

  @Override
  boolean isRefused(SQLException error) {
    return (error.getErrorCode() & PRIMARY_CODE) == TOO_BIG;
  }

  @Override
  boolean isDuplicateKey(SQLException error) {
    return (error.getErrorCode() & PRIMARY_CODE) == CONSTRAINT;
  }

  /** Whoever is told to wait still has the transaction open, and rolls it back. */
  @Override
  boolean isSurelyRolledBack(SQLException error) {
    int code = error.getErrorCode() & PRIMARY_CODE;
    return code == BUSY || code == LOCKED;
  }

  /**
   * A second, empty database beside the first, in a transaction that excludes everybody: the
   * operating system frees it with the process, and SQLite knows the traps of file locks.
   */
  @Override
  @Nullable SessionLock tryLock(Connection connection, String system) throws SQLException {
    String lockFile =
        file(connection)
            + "."
            + tables.prefix()
            + URLEncoder.encode(system, StandardCharsets.UTF_8)
            + ".lock";
    Connection lock = DriverManager.getConnection("jdbc:sqlite:" + lockFile);
    try {
      execute(lock, "PRAGMA busy_timeout = 0");
      execute(lock, "PRAGMA journal_mode = MEMORY");
      execute(lock, "BEGIN EXCLUSIVE");
    } catch (SQLException e) {
      close(lock);
      int code = e.getErrorCode() & PRIMARY_CODE;
      if (code == BUSY || code == LOCKED) {
        return null;
      }
      throw e;
    }
    close(connection);
    return new FileLock(this, lock);
  }

  private static String file(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet databases = statement.executeQuery("PRAGMA database_list")) {
      while (databases.next()) {
        if (databases.getString("name").equals("main")) {
          String file = databases.getString("file");
          return file == null ? "" : file;
        }
      }
      return "";
    }
  }

  private static final class FileLock extends SessionLock {

    FileLock(Dialect dialect, Connection connection) {
      super(dialect, connection);
    }

    @Override
    boolean isHeld(Connection session) throws SQLException {
      try (Statement statement = session.createStatement();
          ResultSet rows = statement.executeQuery("SELECT count(*) FROM sqlite_master")) {
        return rows.next();
      }
    }

    @Override
    void free(Connection session) throws SQLException {
      execute(session, "ROLLBACK");
    }
  }
}
