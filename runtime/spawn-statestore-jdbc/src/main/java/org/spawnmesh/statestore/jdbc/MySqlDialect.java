package org.spawnmesh.statestore.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * MySQL: actors that were never saved are one INSERT of many rows, the others one INSERT … ON
 * DUPLICATE KEY UPDATE of many rows.
 *
 * <p>That statement has no WHERE, so each column is set by {@code IF(revision = based_on, new,
 * old)} and the number of affected rows tells: 2 for a row that changed, 0 or 1 for one that kept
 * its values, 1 for one that was not there. So all matched if, and only if, it is twice the number
 * of rows. New actors stay out of it: for them 1 would be right and wrong; their INSERT fails at a
 * key that exists.
 */
class MySqlDialect extends Dialect {

  private static final int MAX_ROWS = 250;
  private static final int MAX_BYTES = 1 << 20;

  private static final int DATA_TOO_LONG = 1406;
  private static final int INCORRECT_VALUE = 1366;
  private static final int PACKET_TOO_LARGE = 1153;
  private static final int LOCK_WAIT_TIMEOUT = 1205;

  private static final String COLUMNS =
      " (system, type, name, revision, based_on, state_type, state, key_id, tags) VALUES ";
  private static final String ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?)";

  private static final int PACKET_OVERHEAD = 4096;

  private final String onDuplicate;

  /** Of the server; read once, at the start. */
  private volatile long maxPacket = Long.MAX_VALUE;

  MySqlDialect(Tables tables) {
    super(tables);
    // Assignments are made in this order, and see those before them: revision is the last.
    Function<String, String> assign =
        column ->
            column + " = IF(revision = VALUES(based_on), VALUES(" + column + "), " + column + ")";
    onDuplicate =
        " ON DUPLICATE KEY UPDATE "
            + String.join(
                ", ",
                List.of("state_type", "state", "key_id", "tags", "revision").stream()
                    .map(assign)
                    .toList());
  }

  @Override
  String name() {
    return "MySQL";
  }

  @Override
  String migrations() {
    return "mysql";
  }

  @Override
  String epochMillis() {
    return "CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED)";
  }

  /**
   * MySQL knows no time limit for idle transactions, only one for idle sessions; it holds from here
   * to {@link #end}.
   */
  @Override
  void begin(Connection connection) throws SQLException {
    execute(
        connection,
        "SET @spawn_idle = @@SESSION.%1$s, @spawn_lock_wait = @@SESSION.innodb_lock_wait_timeout, SESSION %1$s = %2$d"
            .formatted(idleLimit(), IDLE_IN_TRANSACTION_SECONDS));
    execute(connection, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
    execute(connection, "START TRANSACTION");
  }

  @Override
  void commit(Connection connection) throws SQLException {
    execute(connection, "COMMIT");
  }

  @Override
  void rollback(Connection connection) throws SQLException {
    execute(connection, "ROLLBACK");
  }

  @Override
  void end(Connection connection, boolean autoCommit) throws SQLException {
    execute(
        connection,
        "SET SESSION %s = @spawn_idle, SESSION innodb_lock_wait_timeout = @spawn_lock_wait"
            .formatted(idleLimit()));
  }

  String idleLimit() {
    return "wait_timeout";
  }

  @Override
  void prepareDatabase(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT @@max_allowed_packet")) {
      rows.next();
      maxPacket = rows.getLong(1);
    }
  }

  @Override
  final boolean save(Connection connection, Batch batch) throws SQLException {
    for (Row row : batch.rows()) {
      requireFits(row);
    }
    for (List<Row> part : Batch.parts(batch.changedRows(), MAX_ROWS, MAX_BYTES)) {
      if (send(connection, batch.system(), part, onDuplicate) != 2 * part.size()) {
        return false;
      }
    }
    try {
      for (List<Row> part : Batch.parts(batch.newRows(), MAX_ROWS, MAX_BYTES)) {
        if (send(connection, batch.system(), part, "") != part.size()) {
          return false;
        }
      }
    } catch (SQLException e) {
      if (isDuplicateKey(e)) {
        return false;
      }
      throw e;
    }
    return true;
  }

  /**
   * The server answers a packet that is too large by hanging up, which looks like any broken
   * connection.
   */
  private void requireFits(Row row) throws SQLException {
    if (2L * row.size() < maxPacket) {
      return;
    }
    long bytes = row.size() + PACKET_OVERHEAD;
    byte[] state = row.state();
    if (state != null) {
      for (byte b : state) {
        if (b == 0 || b == '\'' || b == '"' || b == '\\') {
          bytes++; // is sent escaped
        }
      }
    }
    if (bytes > maxPacket) {
      throw new SQLDataException(
          "%s/%s takes %d bytes on the wire, and max_allowed_packet is %d"
              .formatted(row.type(), row.name(), bytes, maxPacket),
          "22001");
    }
  }

  private int send(Connection connection, String system, List<Row> rows, String end)
      throws SQLException {
    StringBuilder sql = new StringBuilder(400 + rows.size() * (ROW.length() + 2));
    sql.append("INSERT INTO ").append(tables.snapshot()).append(COLUMNS).append(ROW);
    for (int i = 1; i < rows.size(); i++) {
      sql.append(", ").append(ROW);
    }
    try (PreparedStatement insert = connection.prepareStatement(sql.append(end).toString())) {
      int i = 0;
      for (Row row : rows) {
        insert.setString(++i, system);
        insert.setString(++i, row.type());
        insert.setString(++i, row.name());
        insert.setLong(++i, row.revision());
        insert.setLong(++i, row.expected());
        insert.setString(++i, row.stateType());
        insert.setBytes(++i, row.state());
        insert.setString(++i, row.keyId());
        insert.setString(++i, row.tags());
      }
      return insert.executeUpdate();
    }
  }

  @Override
  final void insert(Connection connection, String system, TableWrite write) throws SQLException {
    send(connection, system, write, "INSERT INTO");
  }

  @Override
  final void replace(Connection connection, String system, TableWrite write) throws SQLException {
    send(connection, system, write, "REPLACE INTO");
  }

  private void send(Connection connection, String system, TableWrite write, String verb)
      throws SQLException {
    Table table = write.table();
    String begin = verb + table.insertInto().substring("INSERT INTO".length()) + " VALUES ";
    List<@Nullable Object[]> rows = write.rows();
    int from = 0;
    while (from < rows.size()) {
      int to = from;
      long bytes = 0;
      do {
        requireFits(rows.get(to));
        bytes += TableWrite.size(rows.get(to));
        to++;
      } while (to < rows.size() && to - from < MAX_ROWS && bytes < MAX_BYTES);
      String sql = begin + (table.parameters() + ", ").repeat(to - from - 1) + table.parameters();
      try (PreparedStatement statement = connection.prepareStatement(sql)) {
        int at = 1;
        for (@Nullable Object[] row : rows.subList(from, to)) {
          statement.setString(at, system);
          at = table.bind(statement, at + 1, row, row.length);
        }
        statement.executeUpdate();
      }
      from = to;
    }
  }

  private void requireFits(@Nullable Object[] row) throws SQLException {
    if (TableWrite.escapedSize(row) + PACKET_OVERHEAD > maxPacket) {
      throw new SQLDataException(
          "A row of %s/%s may take %d bytes on the wire, and max_allowed_packet is %d"
              .formatted(row[0], row[1], TableWrite.escapedSize(row), maxPacket),
          "22001");
    }
  }

  /** Many keys in a statement, because this driver sends the statements of a batch one by one. */
  @Override
  final void delete(Connection connection, String system, TableWrite write) throws SQLException {
    Table table = write.table();
    String key = "(" + "?, ".repeat(table.keys() - 1) + "?)";
    String begin =
        table.keyColumns().stream()
            .map(Table.Column::name)
            .collect(
                Collectors.joining(
                    ", ", "DELETE FROM " + table.name() + " WHERE system = ? AND (", ") IN ("));
    List<@Nullable Object[]> rows = write.rows();
    for (int from = 0; from < rows.size(); from += MAX_ROWS) {
      List<@Nullable Object[]> part = rows.subList(from, Math.min(from + MAX_ROWS, rows.size()));
      String sql = begin + (key + ", ").repeat(part.size() - 1) + key + ")";
      try (PreparedStatement delete = connection.prepareStatement(sql)) {
        delete.setString(1, system);
        int at = 2;
        for (@Nullable Object[] row : part) {
          at = table.bind(delete, at, row, table.keys());
        }
        delete.executeUpdate();
      }
    }
  }

  /** A table may not be read by the statement that deletes from it, unless in a derived table. */
  @Override
  String trimHistory() {
    return "DELETE FROM %1$s WHERE system = ? AND type = ? AND name = ? AND revision <= (SELECT o.revision FROM (SELECT h.revision FROM %1$s h WHERE h.system = ? AND h.type = ? AND h.name = ? ORDER BY h.revision DESC LIMIT 1 OFFSET ?) o)"
        .formatted(tables.history());
  }

  @Override
  boolean isRefused(SQLException error) {
    return switch (error.getErrorCode()) {
      case DATA_TOO_LONG, INCORRECT_VALUE, PACKET_TOO_LARGE -> true;
      default -> super.isRefused(error);
    };
  }

  @Override
  void limitLockWait(Connection connection) throws SQLException {
    execute(connection, "SET SESSION innodb_lock_wait_timeout = 1");
  }

  @Override
  boolean isSurelyRolledBack(SQLException error) {
    return super.isSurelyRolledBack(error) || error.getErrorCode() == LOCK_WAIT_TIMEOUT;
  }

  @Override
  @Nullable SessionLock tryLock(Connection connection, String system) throws SQLException {
    // Names are one space for the whole server, at most 64 characters long.
    byte[] digest = Columns.lockDigest(connection.getCatalog(), tables.prefix(), system);
    String name = "spawn:" + HexFormat.of().formatHex(digest, 0, 16);
    return queryTrue(connection, "SELECT GET_LOCK(?, 0)", name)
        ? new NamedLock(this, connection, name)
        : null;
  }

  private static boolean queryTrue(Connection connection, String sql, String name)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setString(1, name);
      select.setQueryTimeout(SessionLock.checkSeconds());
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() && rows.getBoolean(1);
      }
    }
  }

  private static final class NamedLock extends SessionLock {

    private final String name;

    NamedLock(Dialect dialect, Connection connection, String name) {
      super(dialect, connection);
      this.name = name;
    }

    @Override
    boolean isHeld(Connection session) throws SQLException {
      return queryTrue(session, "SELECT IS_USED_LOCK(?) = CONNECTION_ID()", name);
    }

    @Override
    void free(Connection session) throws SQLException {
      if (!queryTrue(session, "SELECT RELEASE_LOCK(?)", name)) {
        throw new SQLException("The named lock was lost");
      }
    }
  }
}
