package org.spawnmesh.statestore.jdbc;

import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.statestore.jdbc.Batch.Verdict;
import org.spawnmesh.store.Cause;
import org.spawnmesh.store.WriterId;

/**
 * What is different from database to database: how a transaction begins, how many rows are compared
 * and set at once, which errors mean what, and what a session can lock.
 *
 * <p>Thread-safe; what it learns about the database, it learns in {@link #prepareDatabase}. A
 * method that takes a connection uses it within the caller's transaction and leaves it open.
 */
abstract class Dialect {

  /** How long the database lets a transaction wait for its client before it rolls back (R18). */
  static final int IDLE_IN_TRANSACTION_SECONDS = 5;

  static final int REGISTERED = 0;
  static final int MEMBER = 1;
  static final int FENCED = 2;

  private static final int MAX_MESSAGE = 300;

  protected final Tables tables;
  private final String advance;

  Dialect(Tables tables) {
    this.tables = tables;
    advance =
        "UPDATE %s SET batch = ?, void = %s WHERE system = ? AND incarnation = ? AND writer = ?"
                .formatted(tables.writer(), literal(false))
            + " AND state = "
            + MEMBER
            + " AND batch = ?";
  }

  /**
   * Asks the database what it is, because some speak the protocol, or use the driver, of another.
   */
  static Dialect of(Connection connection, Tables tables) throws SQLException {
    DatabaseMetaData metaData = connection.getMetaData();
    String product = metaData.getDatabaseProductName();
    switch (product.toLowerCase(Locale.ROOT)) {
      case "postgresql" -> {
        return versionOf(connection).contains("CockroachDB")
            ? new CockroachDialect(tables)
            : new PostgresDialect(tables);
      }
      case "mysql", "mariadb" -> {
        return versionOf(connection).contains("MariaDB")
            ? new MariaDbDialect(tables)
            : new MySqlDialect(tables);
      }
      case "h2" -> {
        return new H2Dialect(tables);
      }
      case "sqlite" -> {
        return new SqliteDialect(tables);
      }
      case "microsoft sql server" -> {
        return new SqlServerDialect(tables);
      }
      default ->
          throw new IllegalArgumentException(
              "Actor state cannot be kept in %s %s; use SQLite, H2, PostgreSQL, CockroachDB, MySQL, MariaDB or SQL Server"
                  .formatted(product, metaData.getDatabaseProductVersion()));
    }
  }

  private static String versionOf(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT version()")) {
      rows.next();
      return rows.getString(1);
    }
  }

  /** Name for people. */
  abstract String name();

  /** The folder that holds this database's migrations. */
  abstract String migrations();

  /** Once, before the schema is created and anything else is asked. */
  void prepareDatabase(Connection connection) throws SQLException {}

  /** How this database writes a truth value in a statement. */
  String literal(boolean value) {
    return value ? "TRUE" : "FALSE";
  }

  /** Ends a query of which only the first rows are read; the driver is told the number, too. */
  String firstRows(int limit) {
    return limit == Integer.MAX_VALUE ? "" : " LIMIT " + limit;
  }

  /** An expression for the number of bytes in a column of bytes. */
  String octets(String column) {
    return "OCTET_LENGTH(" + column + ")";
  }

  /** An expression for the database's own time in milliseconds since 1970. */
  abstract String epochMillis();

  // The transaction

  /**
   * Begins a transaction: READ COMMITTED where the database has it, whatever the connection's
   * default is, and one that the database ends itself when its client falls silent.
   */
  void begin(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
  }

  void commit(Connection connection) throws SQLException {
    connection.commit();
  }

  void rollback(Connection connection) throws SQLException {
    connection.rollback();
  }

  /** After commit or rollback: gives the connection back as {@link #begin} found it. */
  void end(Connection connection, boolean autoCommit) throws SQLException {
    connection.setAutoCommit(autoCommit);
  }

  /**
   * True if {@link #write} makes its batch durable itself, so that an error out of it leaves the
   * outcome unknown.
   */
  boolean commitsInWrite() {
    return false;
  }

  // The batch

  /** Begins the transaction of {@link #write}, as {@link #begin} does for others. */
  void beginBatch(Connection connection) throws SQLException {
    begin(connection);
  }

  Verdict write(Connection connection, Batch batch) throws SQLException {
    return writeStepwise(connection, batch);
  }

  /** Each statement waits for the one before. */
  final Verdict writeStepwise(Connection connection, Batch batch) throws SQLException {
    if (!advance(connection, batch.system(), batch.writer(), batch.number())) {
      return Verdict.FENCED;
    }
    if (!batch.rows().isEmpty() && !save(connection, batch)) {
      return Verdict.STALE;
    }
    writeHistory(connection, batch);
    for (TableWrite write : batch.writes()) {
      switch (write.mode()) {
        case INSERT -> insert(connection, batch.system(), write);
        case REPLACE -> replace(connection, batch.system(), write);
        case DELETE -> delete(connection, batch.system(), write);
      }
    }
    return Verdict.WRITTEN;
  }

  final void writeHistory(Connection connection, Batch batch) throws SQLException {
    List<Row> history = batch.historyRows();
    if (!history.isEmpty()) {
      insertHistory(connection, batch.system(), history);
      trimHistory(connection, batch.system(), history);
    }
  }

  /** Adds rows that are not there. */
  void insert(Connection connection, String system, TableWrite write) throws SQLException {
    Table table = write.table();
    try (PreparedStatement insert =
        connection.prepareStatement(table.insertInto() + " VALUES " + table.parameters())) {
      for (@Nullable Object[] row : write.rows()) {
        insert.setString(1, system);
        table.bind(insert, 2, row, row.length);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  /** Adds rows, in place of those with the same keys. */
  void replace(Connection connection, String system, TableWrite write) throws SQLException {
    delete(connection, system, write);
    insert(connection, system, write);
  }

  /** Deletes the rows with these keys; a batch is one round trip where statements are pipelined. */
  void delete(Connection connection, String system, TableWrite write) throws SQLException {
    Table table = write.table();
    try (PreparedStatement delete = connection.prepareStatement(table.delete())) {
      for (@Nullable Object[] row : write.rows()) {
        delete.setString(1, system);
        table.bind(delete, 2, row, table.keys());
        delete.addBatch();
      }
      delete.executeBatch();
    }
  }

  /**
   * The fence, and the proof of the batch's fate, in one statement (R13). It waits for a view that
   * is being raised, and then sees what that decided. Its parameters: batch, system, incarnation,
   * writer, the batch before.
   */
  final String advance() {
    return advance;
  }

  private boolean advance(Connection connection, String system, WriterId writer, long batch)
      throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(advance)) {
      update.setLong(1, batch);
      update.setString(2, system);
      update.setLong(3, writer.incarnation().number());
      update.setInt(4, writer.number());
      update.setLong(5, batch - 1);
      return update.executeUpdate() == 1;
    }
  }

  /**
   * Compares and sets all rows, in their order.
   *
   * @return false if at least one did not match; the caller rolls back
   */
  abstract boolean save(Connection connection, Batch batch) throws SQLException;

  void insertHistory(Connection connection, String system, List<Row> rows) throws SQLException {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "INSERT INTO "
                + tables.history()
                + " (system, type, name, revision, state_type, state, key_id, tags, action, caller,"
                + " trace_id, occurred_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      for (Row row : rows) {
        Cause cause = row.cause();
        insert.setString(1, system);
        insert.setString(2, row.type());
        insert.setString(3, row.name());
        insert.setLong(4, row.revision());
        insert.setString(5, row.stateType());
        insert.setBytes(6, row.state());
        insert.setString(7, row.keyId());
        insert.setString(8, row.tags());
        insert.setString(9, cause.action());
        insert.setString(10, cause.caller() == null ? null : cause.caller().toString());
        insert.setString(11, cause.traceId());
        insert.setLong(12, Columns.micros(cause.at()));
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  /**
   * Deletes what is too old by now. One statement an actor: a join over all of them is planned from
   * statistics that a young table does not have, and was slower by a factor of five on PostgreSQL.
   */
  private void trimHistory(Connection connection, String system, List<Row> rows)
      throws SQLException {
    try (PreparedStatement trim = connection.prepareStatement(trimHistory())) {
      for (Row row : rows) {
        if (row.trimsHistory()) {
          trim.setString(1, system);
          trim.setString(2, row.type());
          trim.setString(3, row.name());
          trim.setString(4, system);
          trim.setString(5, row.type());
          trim.setString(6, row.name());
          trim.setInt(7, row.history());
          trim.addBatch();
        }
      }
      trim.executeBatch();
    }
  }

  /** Deletes the revisions of one actor up to the newest that is one too many. */
  String trimHistory() {
    return "DELETE FROM %1$s WHERE system = ? AND type = ? AND name = ? AND revision <= (SELECT h.revision FROM %1$s h WHERE h.system = ? AND h.type = ? AND h.name = ? ORDER BY h.revision DESC LIMIT 1 OFFSET ?)"
        .formatted(tables.history());
  }

  // Errors

  /**
   * True if the statement failed because of what it was to store, and would fail again: too long,
   * too large, not representable.
   */
  boolean isRefused(SQLException error) {
    return stateClass(error).equals("22");
  }

  boolean isDuplicateKey(SQLException error) {
    return stateClass(error).equals("23");
  }

  /** True if an error out of COMMIT says that the transaction was rolled back. */
  boolean isSurelyRolledBack(SQLException error) {
    String state = error.getSQLState();
    return "40001".equals(state) || "40P01".equals(state) || stateClass(error).equals("23");
  }

  /** True if a statement with NOWAIT met a row that somebody else holds. */
  boolean isLocked(SQLException error) {
    return false;
  }

  static String stateClass(SQLException error) {
    String state = error.getSQLState();
    return state == null || state.length() < 2 ? "" : state.substring(0, 2);
  }

  /**
   * The database's words, without the values that some databases repeat at length. Where a pool
   * only says that it has no connection, the driver says why.
   */
  static String words(SQLException pooled) {
    SQLException error =
        pooled instanceof SQLTransientConnectionException
                && pooled.getCause() instanceof SQLException cause
            ? cause
            : pooled;
    String message = String.valueOf(error.getMessage()).strip();
    int end = message.indexOf('\n');
    String line = end < 0 ? message : message.substring(0, end);
    if (error.getCause() instanceof UnknownHostException unknown) {
      line = "%s (unknown host %s)".formatted(line, unknown.getMessage());
    }
    String cut = line.length() > MAX_MESSAGE ? line.substring(0, MAX_MESSAGE) + "…" : line;
    return error.getSQLState() == null ? cut : cut + " (SQLState " + error.getSQLState() + ")";
  }

  // The session lock

  /**
   * The lock of a standalone node, tried once. What it returns keeps {@code connection} until it is
   * closed; if it returns null, somebody else holds the lock and the caller closes the connection.
   */
  @Nullable SessionLock tryLock(Connection connection, String system) throws SQLException {
    return RowLock.tryLock(connection, this, tables, system);
  }

  // Small things

  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** Limits how long a statement waits for a lock, where the database does not do so already. */
  void limitLockWait(Connection connection) throws SQLException {}

  /**
   * Makes sure that what is open on this connection is never committed, by whoever gets it next: a
   * server rolls back when it loses the connection.
   */
  void abandon(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      Transactions.log.debug("A connection could not be aborted: {}", words(e));
    }
  }

  /** For drivers of databases in this process, which accept an abort and do nothing. */
  static void rollBackIfOpen(Connection connection, String rollback) {
    try {
      execute(connection, rollback);
    } catch (SQLException e) {
      Transactions.log.debug("There was nothing to roll back: {}", words(e));
    }
  }

  static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      // It was broken already; there is nothing left to lose.
      Transactions.log.debug("A connection could not be closed: {}", words(e));
    }
  }
}
