package org.spawnmesh.benchmarks.bare;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Properties;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;

/**
 * One upsert a row, because a statement costs no round trip here, and one fsync a batch: WAL with
 * {@code synchronous=FULL}. SQLite has one writer at a time, so there is one of these.
 */
final class SqliteBatches implements Batches {

  private static final String FENCE =
      "update bare_writer set batch = ? where state = 'MEMBER' and batch = ?";

  private static final String UPSERT =
      """
      insert into bare_snapshot (system, type, name, revision, based_on, state)
      values ('bench', 'Counter', ?, ?, ?, ?)
      on conflict (system, type, name) do update
      set revision = excluded.revision, based_on = excluded.based_on, state = excluded.state
      where bare_snapshot.revision = excluded.based_on
      """;

  private final Connection connection;
  private final PreparedStatement fence;
  private final PreparedStatement upsert;
  private long batch;

  /** Creates the tables. */
  SqliteBatches(String jdbcUrl) throws SQLException {
    connection = DriverManager.getConnection(jdbcUrl, settings());
    try (var statement = connection.createStatement()) {
      statement.execute("create table bare_writer (state text not null, batch integer not null)");
      statement.execute("insert into bare_writer values ('MEMBER', 0)");
      statement.execute(
          """
          create table bare_snapshot (
            system text, type text, name text,
            revision integer not null, based_on integer not null, state blob not null,
            primary key (system, type, name)) without rowid
          """);
    }
    connection.setAutoCommit(false);
    fence = connection.prepareStatement(FENCE);
    upsert = connection.prepareStatement(UPSERT);
  }

  private static Properties settings() {
    var config = new SQLiteConfig();
    config.setJournalMode(JournalMode.WAL);
    config.setSynchronous(SynchronousMode.FULL);
    config.setTransactionMode(TransactionMode.IMMEDIATE);
    return config.toProperties();
  }

  @Override
  public void commit(Collection<Change> changes) throws SQLException {
    fence.setLong(1, batch + 1);
    fence.setLong(2, batch);
    if (fence.executeUpdate() != 1) {
      throw new IllegalStateException("the writer is fenced");
    }
    for (Change change : changes) {
      upsert.setString(1, change.actor().name);
      upsert.setLong(2, change.revision());
      upsert.setLong(3, change.actor().committedRevision);
      upsert.setBytes(4, change.state());
      upsert.addBatch();
    }
    if (Arrays.stream(upsert.executeBatch()).sum() != changes.size()) {
      throw new IllegalStateException("another writer was faster");
    }
    connection.commit();
    batch++;
  }
}
