package org.spawnmesh.statestore.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.statestore.jdbc.Batch.Verdict;
import org.spawnmesh.statestore.jdbc.Table.Column;
import org.spawnmesh.statestore.jdbc.Table.Kind;
import org.spawnmesh.statestore.jdbc.TableWrite.Mode;
import org.spawnmesh.store.Cause;

/**
 * SQL Server: a commit is one T-SQL batch with its own transaction, because this database never
 * ends a transaction whose client fell silent. The rows travel as one JSON parameter, since a
 * statement takes no more than 2,100 of them.
 */
final class SqlServerDialect extends Dialect {

  private static final int LOCKED_ROW = 1222;
  private static final int DUPLICATE_KEY = 2627;
  private static final int DUPLICATE_INDEX_KEY = 2601;
  private static final int TRUNCATED = 2628;
  private static final int TRUNCATED_UNNAMED = 8152;

  private final String commit;

  SqlServerDialect(Tables tables) {
    super(tables);
    commit =
        """
        SET NOCOUNT, XACT_ABORT ON;
        SET TRANSACTION ISOLATION LEVEL READ COMMITTED;
        DECLARE @system nvarchar(63) = ?, @incarnation bigint = ?, @writer int = ?, @batch bigint = ?, @rows nvarchar(max) = ?, @matched int;
        DECLARE @change TABLE (
          type nvarchar(127) COLLATE Latin1_General_100_BIN2 NOT NULL, name nvarchar(255) COLLATE Latin1_General_100_BIN2 NOT NULL,
          revision bigint NOT NULL, expected bigint NOT NULL, state_type nvarchar(max), state varbinary(max), key_id nvarchar(64), tags nvarchar(max),
          keep int NOT NULL, trims bit NOT NULL, action nvarchar(max), caller nvarchar(max), trace_id nvarchar(max), occurred_at bigint NOT NULL,
          PRIMARY KEY (type, name));
        INSERT INTO @change SELECT * FROM OPENJSON(@rows) WITH (
          type nvarchar(127), name nvarchar(255), revision bigint, expected bigint, state_type nvarchar(max), state varbinary(max),
          key_id nvarchar(64), tags nvarchar(max), keep int, trims bit, action nvarchar(max), caller nvarchar(max), trace_id nvarchar(max), occurred_at bigint);
        BEGIN TRANSACTION;
        UPDATE %1$s SET batch = @batch, void = 0 WHERE system = @system AND incarnation = @incarnation AND writer = @writer AND state = 1 AND batch = @batch - 1;
        IF @@ROWCOUNT <> 1 BEGIN ROLLBACK TRANSACTION; SELECT 'FENCED'; RETURN; END;
        UPDATE s SET revision = c.revision, state_type = c.state_type, state = c.state, key_id = c.key_id, tags = c.tags
          FROM @change c INNER LOOP JOIN %2$s s ON s.system = @system AND s.type = c.type AND s.name = c.name AND s.revision = c.expected
          WHERE c.expected > 0;
        SET @matched = @@ROWCOUNT;
        INSERT INTO %2$s (system, type, name, revision, state_type, state, key_id, tags)
          SELECT @system, c.type, c.name, c.revision, c.state_type, c.state, c.key_id, c.tags FROM @change c
          WHERE c.expected = 0 AND NOT EXISTS (
            SELECT 1 FROM %2$s s WITH (UPDLOCK, HOLDLOCK) WHERE s.system = @system AND s.type = c.type AND s.name = c.name);
        SET @matched = @matched + @@ROWCOUNT;
        IF @matched <> (SELECT COUNT(*) FROM @change) BEGIN ROLLBACK TRANSACTION; SELECT 'STALE'; RETURN; END;
        INSERT INTO %3$s (system, type, name, revision, state_type, state, key_id, tags, action, caller, trace_id, occurred_at)
          SELECT @system, type, name, revision, state_type, state, key_id, tags, action, caller, trace_id, occurred_at FROM @change WHERE keep > 0;
        IF EXISTS (SELECT 1 FROM @change WHERE trims = 1)
          DELETE h FROM @change c INNER LOOP JOIN %3$s h ON h.system = @system AND h.type = c.type AND h.name = c.name
            WHERE c.trims = 1 AND c.keep <= (
              SELECT COUNT(*) FROM %3$s o WHERE o.system = @system AND o.type = c.type AND o.name = c.name AND o.revision > h.revision);
        COMMIT TRANSACTION;
        SELECT 'WRITTEN';
        """
            .formatted(tables.writer(), tables.snapshot(), tables.history());
  }

  @Override
  String name() {
    return "SQL Server";
  }

  @Override
  String migrations() {
    return "sqlserver";
  }

  @Override
  String literal(boolean value) {
    return value ? "1" : "0";
  }

  @Override
  String octets(String column) {
    return "DATALENGTH(" + column + ")";
  }

  @Override
  String epochMillis() {
    return "DATEDIFF_BIG(millisecond, '1970-01-01', SYSUTCDATETIME())";
  }

  @Override
  void begin(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    execute(connection, "SET XACT_ABORT ON; SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
  }

  @Override
  void limitLockWait(Connection connection) throws SQLException {
    execute(connection, "SET LOCK_TIMEOUT 1000");
  }

  @Override
  void end(Connection connection, boolean autoCommit) throws SQLException {
    execute(connection, "SET XACT_ABORT OFF; SET LOCK_TIMEOUT -1");
    connection.setAutoCommit(autoCommit);
  }

  @Override
  boolean commitsInWrite() {
    return true;
  }

  @Override
  Verdict write(Connection connection, Batch batch) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(commitStatement(batch.writes()))) {
      statement.setNString(1, batch.system());
      statement.setLong(2, batch.writer().incarnation().number());
      statement.setInt(3, batch.writer().number());
      statement.setLong(4, batch.number());
      statement.setNString(5, json(batch.rows()));
      for (int i = 0; i < batch.writes().size(); i++) {
        statement.setNString(i + 6, json(batch.writes().get(i)));
      }
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        return Verdict.valueOf(result.getString(1));
      }
    }
  }

  @Override
  boolean save(Connection connection, Batch batch) {
    throw new UnsupportedOperationException("A batch is written as a whole");
  }

  /** The parameters of what is written beside snapshots follow those of the plain commit. */
  String commitStatement(List<TableWrite> writes) {
    if (writes.isEmpty()) {
      return commit;
    }
    StringBuilder declare = new StringBuilder();
    StringBuilder write = new StringBuilder();
    for (int i = 0; i < writes.size(); i++) {
      Table table = writes.get(i).table();
      String parameter = "@w" + i;
      declare.append("DECLARE ").append(parameter).append(" nvarchar(max) = ?;\n");
      if (writes.get(i).mode() != Mode.INSERT) {
        write.append(delete(table, parameter)).append('\n');
      }
      if (writes.get(i).mode() != Mode.DELETE) {
        write.append(insert(table, parameter)).append('\n');
      }
    }
    return commit
        .replace("DECLARE @change TABLE", declare + "DECLARE @change TABLE")
        .replace("COMMIT TRANSACTION;", write + "COMMIT TRANSACTION;");
  }

  private static String insert(Table table, String json) {
    return "%s SELECT @system, %s FROM OPENJSON(%s) WITH (%s);"
        .formatted(table.insertInto(), table.columnNames(), json, typed(table.columns()));
  }

  private static String delete(Table table, String json) {
    String on =
        table.keyColumns().stream()
            .map(
                column ->
                    "t.%1$s = j.%1$s%2$s"
                        .formatted(
                            column.name(),
                            column.kind() == Kind.TEXT ? " COLLATE Latin1_General_100_BIN2" : ""))
            .collect(Collectors.joining(" AND "));
    return "DELETE t FROM OPENJSON(%s) WITH (%s) j INNER LOOP JOIN %s t ON t.system = @system AND %s;"
        .formatted(json, typed(table.keyColumns()), table.name(), on);
  }

  private static String typed(List<Column> columns) {
    return columns.stream()
        .map(
            column ->
                column.name()
                    + switch (column.kind()) {
                      case TEXT -> " nvarchar(max)";
                      case NUMBER -> " bigint";
                      case BYTES -> " varbinary(max)";
                    })
        .collect(Collectors.joining(", "));
  }

  /** As {@link #json(List)}. */
  static String json(TableWrite write) {
    List<Column> columns = write.table().columns();
    StringBuilder json = new StringBuilder(256 * write.rows().size()).append('[');
    for (@Nullable Object[] row : write.rows()) {
      json.append(json.length() == 1 ? "{" : ",{");
      int start = json.length();
      for (int i = 0; i < row.length; i++) {
        String name = columns.get(i).name();
        switch (row[i]) {
          case null -> {}
          case byte[] bytes -> member(json, name, Base64.getEncoder().encodeToString(bytes));
          case Long number -> json.append(",\"").append(name).append("\":").append(number);
          case Object text -> member(json, name, text.toString());
        }
      }
      json.deleteCharAt(start).append('}');
    }
    return json.append(']').toString();
  }

  /** The driver is told how many rows are read; that needs no words in the query. */
  @Override
  String firstRows(int limit) {
    return "";
  }

  /** OPENJSON reads base64 into varbinary, and a missing member as NULL. */
  static String json(List<Row> rows) {
    StringBuilder json = new StringBuilder(256 * rows.size()).append('[');
    for (Row row : rows) {
      Cause cause = row.cause();
      json.append(json.length() == 1 ? "{" : ",{");
      json.append("\"revision\":").append(row.revision());
      json.append(",\"expected\":").append(row.expected());
      json.append(",\"keep\":").append(row.history());
      json.append(",\"trims\":").append(row.history() > 0 && row.trimsHistory());
      json.append(",\"occurred_at\":").append(Columns.micros(cause.at()));
      member(json, "type", row.type());
      member(json, "name", row.name());
      member(json, "state_type", row.stateType());
      byte[] state = row.state();
      member(json, "state", state == null ? null : Base64.getEncoder().encodeToString(state));
      member(json, "key_id", row.keyId());
      member(json, "tags", row.tags());
      member(json, "action", cause.action());
      member(json, "caller", cause.caller() == null ? null : cause.caller().toString());
      member(json, "trace_id", cause.traceId());
      json.append('}');
    }
    return json.append(']').toString();
  }

  private static void member(StringBuilder json, String name, @Nullable String value) {
    if (value != null) {
      json.append(",\"").append(name).append("\":");
      TagsJson.quote(json, value);
    }
  }

  @Override
  boolean isRefused(SQLException error) {
    return switch (error.getErrorCode()) {
      case TRUNCATED, TRUNCATED_UNNAMED -> true;
      default -> super.isRefused(error);
    };
  }

  @Override
  boolean isDuplicateKey(SQLException error) {
    return error.getErrorCode() == DUPLICATE_KEY || error.getErrorCode() == DUPLICATE_INDEX_KEY;
  }

  @Override
  boolean isLocked(SQLException error) {
    return error.getErrorCode() == LOCKED_ROW;
  }

  /** An error with a number was sent by the server, and XACT_ABORT rolled back before it. */
  @Override
  boolean isSurelyRolledBack(SQLException error) {
    return error.getErrorCode() > 0 && !stateClass(error).equals("08");
  }

  @Override
  @Nullable SessionLock tryLock(Connection connection, String system) throws SQLException {
    byte[] digest = Columns.lockDigest(connection.getSchema(), tables.prefix(), system);
    String name = "spawn:" + HexFormat.of().formatHex(digest, 0, 16);
    return queryTrue(
            connection,
            "DECLARE @r int; EXEC @r = sp_getapplock @Resource = ?, @LockMode = 'Exclusive',"
                + " @LockOwner = 'Session', @LockTimeout = 0; SELECT CASE WHEN @r >= 0 THEN 1 ELSE"
                + " 0 END",
            name)
        ? new ApplicationLock(this, connection, name)
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

  private static final class ApplicationLock extends SessionLock {

    private final String name;

    ApplicationLock(Dialect dialect, Connection connection, String name) {
      super(dialect, connection);
      this.name = name;
    }

    @Override
    boolean isHeld(Connection session) throws SQLException {
      return queryTrue(
          session,
          "SELECT CASE WHEN APPLOCK_MODE('public', ?, 'Session') = 'Exclusive' THEN 1 ELSE 0 END",
          name);
    }

    @Override
    void free(Connection session) throws SQLException {
      if (!queryTrue(
          session,
          "DECLARE @r int; EXEC @r = sp_releaseapplock @Resource = ?, @LockOwner = 'Session';"
              + " SELECT CASE WHEN @r = 0 THEN 1 ELSE 0 END",
          name)) {
        throw new SQLException("The application lock was lost");
      }
    }
  }
}
