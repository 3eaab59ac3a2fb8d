package org.spawnmesh.statestore.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.statestore.jdbc.Batch.Verdict;
import org.spawnmesh.statestore.jdbc.Table.Column;
import org.spawnmesh.statestore.jdbc.TableWrite.Mode;
import org.spawnmesh.store.Cause;

/**
 * PostgreSQL: a batch is one round trip: the fence, then an upsert by primary key, its rows in
 * arrays, then what is written beside.
 *
 * <p>The obvious {@code UPDATE … FROM unnest(…) WHERE revision = expected} plans as a join and is
 * slower by a factor of 16 to 120. So the expected revision travels in the column {@code based_on}
 * of the row to insert; the conflicting row compares it with its own revision and, when they match,
 * becomes {@code based_on = 0}. Only matching rows end with 0: a row that was expected and is not
 * there is inserted with the revision it was based on, and is not counted.
 */
class PostgresDialect extends Dialect {

  /**
   * Every other value of {@code synchronous_commit} keeps a commit through a crash; {@code off}
   * loses what was acknowledged, so a server or role that has it gets {@code on} for our commits.
   */
  private static final String SETTINGS =
      "SELECT length(set_config('idle_in_transaction_session_timeout', '"
          + IDLE_IN_TRANSACTION_SECONDS * 1000
          + "', true)), set_config('synchronous_commit', replace(current_setting('synchronous_commit'),"
          + " 'off', 'on'), true)";

  private static final String ISOLATION = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED";

  /**
   * For {@link #statement}: a plan that was made for an empty table would read all of a full one.
   */
  private static final String LOOKS_UP = ", set_config('enable_seqscan', 'off', true)";

  /** Which statement of a batch is the fence. */
  private static final int FENCE = 2;

  private record Written(String table, Mode mode) {}

  private final Map<Written, String> statements = new ConcurrentHashMap<>();
  private final String save;
  private final String insertHistory;

  PostgresDialect(Tables tables) {
    super(tables);
    save =
        """
        WITH written AS (
          INSERT INTO %s AS s (system, type, name, revision, based_on, state_type, state, key_id, tags)
          SELECT ?, t.* FROM unnest(?::text[], ?::text[], ?::bigint[], ?::bigint[], ?::text[], ?::bytea[], ?::text[], ?::text[]) AS t
          ON CONFLICT (system, type, name) DO UPDATE
          SET revision = excluded.revision, based_on = 0, state_type = excluded.state_type,
              state = excluded.state, key_id = excluded.key_id, tags = excluded.tags
          WHERE s.revision = excluded.based_on
          RETURNING based_on)
        SELECT count(*) FROM written WHERE based_on = 0\
        """
            .formatted(tables.snapshot());
    insertHistory =
        """
        INSERT INTO %s (system, type, name, revision, state_type, state, key_id, tags, action, caller, trace_id, occurred_at)
        SELECT ?, t.* FROM unnest(?::text[], ?::text[], ?::bigint[], ?::text[], ?::bytea[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::bigint[]) AS t\
        """
            .formatted(tables.history());
  }

  @Override
  String name() {
    return "PostgreSQL";
  }

  @Override
  String migrations() {
    return "postgresql";
  }

  @Override
  String epochMillis() {
    return "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
  }

  @Override
  void begin(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    execute(connection, ISOLATION + "; " + SETTINGS);
  }

  /** What {@link #begin} says to the server is said together with the batch. */
  @Override
  void beginBatch(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
  }

  @Override
  void limitLockWait(Connection connection) throws SQLException {
    execute(connection, "SET LOCAL lock_timeout = '1s'");
  }

  /** All of it in one round trip: what comes after a check that failed is rolled back with it. */
  @Override
  Verdict write(Connection connection, Batch batch) throws SQLException {
    RoundTrip trip = new RoundTrip();
    trip.add(ISOLATION);
    trip.add(batch.writes().isEmpty() ? SETTINGS : SETTINGS + LOOKS_UP);
    trip.add(
        advance(),
        batch.number(),
        batch.system(),
        batch.writer().incarnation().number(),
        batch.writer().number(),
        batch.number() - 1);
    boolean saves = !batch.rows().isEmpty();
    if (saves) {
      trip.add(save, saved(batch));
    }
    for (TableWrite write : batch.writes()) {
      trip.add(
          statements.computeIfAbsent(
              new Written(write.table().name(), write.mode()), w -> statement(write)),
          values(batch.system(), write));
    }
    long[] results;
    try {
      results = trip.run(connection);
    } catch (SQLException e) {
      // a sequence is used once in a revision: somebody else has written this one
      if (isDuplicateKey(e)) {
        return Verdict.STALE;
      }
      throw e;
    }
    if (results[FENCE] != 1) {
      return Verdict.FENCED;
    }
    if (saves && results[FENCE + 1] != batch.rows().size()) {
      return Verdict.STALE;
    }
    writeHistory(connection, batch);
    return Verdict.WRITTEN;
  }

  @Override
  boolean save(Connection connection, Batch batch) throws SQLException {
    RoundTrip trip = new RoundTrip();
    trip.add(save, saved(batch));
    return trip.run(connection)[0] == batch.rows().size();
  }

  private static Object[] saved(Batch batch) {
    List<Row> rows = batch.rows();
    int size = rows.size();
    String[] types = new String[size];
    String[] names = new String[size];
    long[] revisions = new long[size];
    long[] basedOn = new long[size];
    @Nullable String[] stateTypes = new String[size];
    byte[] @Nullable [] states = new byte[size] @Nullable [];
    @Nullable String[] keyIds = new String[size];
    @Nullable String[] tags = new String[size];
    for (int i = 0; i < size; i++) {
      Row row = rows.get(i);
      types[i] = row.type();
      names[i] = row.name();
      revisions[i] = row.revision();
      basedOn[i] = row.expected();
      stateTypes[i] = row.stateType();
      states[i] = row.state();
      keyIds[i] = row.keyId();
      tags[i] = row.tags();
    }
    // The driver sends arrays of these types in binary form.
    return new Object[] {
      batch.system(), types, names, revisions, basedOn, stateTypes, states, keyIds, tags
    };
  }

  @Override
  void insertHistory(Connection connection, String system, List<Row> rows) throws SQLException {
    int size = rows.size();
    String[] types = new String[size];
    String[] names = new String[size];
    long[] revisions = new long[size];
    @Nullable String[] stateTypes = new String[size];
    byte[] @Nullable [] states = new byte[size] @Nullable [];
    @Nullable String[] keyIds = new String[size];
    @Nullable String[] tags = new String[size];
    String[] actions = new String[size];
    @Nullable String[] callers = new String[size];
    @Nullable String[] traceIds = new String[size];
    long[] times = new long[size];
    for (int i = 0; i < size; i++) {
      Row row = rows.get(i);
      Cause cause = row.cause();
      types[i] = row.type();
      names[i] = row.name();
      revisions[i] = row.revision();
      stateTypes[i] = row.stateType();
      states[i] = row.state();
      keyIds[i] = row.keyId();
      tags[i] = row.tags();
      actions[i] = cause.action();
      callers[i] = cause.caller() == null ? null : cause.caller().toString();
      traceIds[i] = cause.traceId();
      times[i] = Columns.micros(cause.at());
    }
    try (PreparedStatement insert = connection.prepareStatement(insertHistory)) {
      insert.setString(1, system);
      insert.setObject(2, types);
      insert.setObject(3, names);
      insert.setObject(4, revisions);
      insert.setObject(5, stateTypes);
      insert.setObject(6, states);
      insert.setObject(7, keyIds);
      insert.setObject(8, tags);
      insert.setObject(9, actions);
      insert.setObject(10, callers);
      insert.setObject(11, traceIds);
      insert.setObject(12, times);
      insert.executeUpdate();
    }
  }

  @Override
  void insert(Connection connection, String system, TableWrite write) throws SQLException {
    send(connection, system, write);
  }

  @Override
  void replace(Connection connection, String system, TableWrite write) throws SQLException {
    send(connection, system, write);
  }

  private void send(Connection connection, String system, TableWrite write) throws SQLException {
    RoundTrip trip = new RoundTrip();
    trip.add(statement(write), values(system, write));
    trip.run(connection);
  }

  /** All rows of the write at once; the system and an array for each column are its parameters. */
  private static String statement(TableWrite write) {
    Table table = write.table();
    return switch (write.mode()) {
      case INSERT -> insert(table);
      case REPLACE ->
          insert(table)
              + " ON CONFLICT (system, %s) DO UPDATE SET %s"
                  .formatted(
                      names(table.keyColumns(), "%1$s", ", "),
                      names(
                          table.columns().subList(table.keys(), table.columns().size()),
                          "%1$s = excluded.%1$s",
                          ", "));
      // a join would be planned from statistics that a table whose rows come and go never has
      case DELETE ->
          "DELETE FROM %1$s WHERE ctid = ANY (ARRAY(SELECT (SELECT t.ctid FROM %1$s AS t WHERE t.system = gone.system AND %2$s) FROM (SELECT k.*, ?::text AS system FROM unnest(%3$s) AS k(%4$s)) AS gone))"
              .formatted(
                  table.name(),
                  names(table.keyColumns(), "t.%1$s = gone.%1$s", " AND "),
                  arrays(table.keyColumns()),
                  names(table.keyColumns(), "%1$s", ", "));
    };
  }

  private static String insert(Table table) {
    return "%s SELECT ?, t.* FROM unnest(%s) AS t"
        .formatted(table.insertInto(), arrays(table.columns()));
  }

  private static String names(List<Column> columns, String each, String between) {
    return columns.stream()
        .map(column -> each.formatted(column.name()))
        .collect(Collectors.joining(between));
  }

  private static String arrays(List<Column> columns) {
    return columns.stream()
        .map(
            column ->
                switch (column.kind()) {
                  case TEXT -> "?::text[]";
                  case NUMBER -> "?::bigint[]";
                  case BYTES -> "?::bytea[]";
                })
        .collect(Collectors.joining(", "));
  }

  private static Object[] values(String system, TableWrite write) {
    Table table = write.table();
    List<Column> columns = write.mode() == Mode.DELETE ? table.keyColumns() : table.columns();
    Object[] values = new Object[columns.size() + 1];
    values[0] = system;
    for (int i = 0; i < columns.size(); i++) {
      values[i + 1] = values(write.rows(), i, columns.get(i));
    }
    return values;
  }

  /** One column of all rows, as the array that the driver sends in binary form. */
  private static Object values(List<@Nullable Object[]> rows, int index, Column column) {
    int size = rows.size();
    switch (column.kind()) {
      case TEXT -> {
        @Nullable String[] texts = new String[size];
        for (int i = 0; i < size; i++) {
          texts[i] = (String) rows.get(i)[index];
        }
        return texts;
      }
      case NUMBER -> {
        long[] numbers = new long[size];
        for (int i = 0; i < size; i++) {
          numbers[i] = Table.number(rows.get(i)[index]);
        }
        return numbers;
      }
      case BYTES -> {
        byte[] @Nullable [] values = new byte[size] @Nullable [];
        for (int i = 0; i < size; i++) {
          values[i] = (byte[]) rows.get(i)[index];
        }
        return values;
      }
    }
    throw new IllegalStateException("A column of no kind");
  }

  /** Too large for a row, a field or the server's memory also means: never. */
  @Override
  boolean isRefused(SQLException error) {
    return super.isRefused(error) || stateClass(error).equals("54");
  }

  @Override
  boolean isLocked(SQLException error) {
    return "55P03".equals(error.getSQLState());
  }

  @Override
  @Nullable SessionLock tryLock(Connection connection, String system) throws SQLException {
    long key = lockKey(connection, system);
    return queryTrue(connection, "SELECT pg_try_advisory_lock(?)", key)
        ? new AdvisoryLock(this, connection, key)
        : null;
  }

  /** Advisory locks are one space for the whole database, so the key holds the schema too. */
  private long lockKey(Connection connection, String system) throws SQLException {
    return Columns.lockKey(connection.getSchema(), tables.prefix(), system);
  }

  private static boolean queryTrue(Connection connection, String sql, long... parameters)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      for (int i = 0; i < parameters.length; i++) {
        select.setLong(i + 1, parameters[i]);
      }
      select.setQueryTimeout(SessionLock.checkSeconds());
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() && rows.getBoolean(1);
      }
    }
  }

  private static final class AdvisoryLock extends SessionLock {

    private final long key;

    AdvisoryLock(Dialect dialect, Connection connection, long key) {
      super(dialect, connection);
      this.key = key;
    }

    @Override
    boolean isHeld(Connection session) throws SQLException {
      return queryTrue(
          session,
          "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"
              + " AND granted AND database = (SELECT oid FROM pg_database WHERE datname ="
              + " current_database()) AND (classid::bigint << 32) | objid::bigint = ?",
          key);
    }

    @Override
    void free(Connection session) throws SQLException {
      if (!queryTrue(session, "SELECT pg_advisory_unlock(?)", key)) {
        throw new SQLException("The advisory lock was lost");
      }
    }
  }
}
