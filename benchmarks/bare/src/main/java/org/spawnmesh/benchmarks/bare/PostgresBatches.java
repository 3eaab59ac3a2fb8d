package org.spawnmesh.benchmarks.bare;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** One multi-row upsert a batch, on a connection of its own. */
final class PostgresBatches implements Batches {

  private static final String SCHEMA =
      """
      create table bare_writer (writer int primary key, state text not null, batch bigint not null);
      create table bare_snapshot (
        system text, type text, name text,
        revision bigint not null, based_on bigint not null, state bytea not null,
        primary key (system, type, name)) with (fillfactor = 50)
      """;

  private static final String FENCE =
      "update bare_writer set batch = ? where writer = ? and state = 'MEMBER' and batch = ?";

  /**
   * Compares by a column of the row that carries the expected revision. An update that joins the
   * table with the batch instead is planned badly, and is slower by a factor of 16 to 120.
   */
  private static final String UPSERT =
      """
      insert into bare_snapshot as s (system, type, name, revision, based_on, state)
      select 'bench', 'Counter', t.*
      from unnest(?::text[], ?::bigint[], ?::bigint[], ?::bytea[]) as t
      on conflict (system, type, name) do update
      set revision = excluded.revision, based_on = excluded.based_on, state = excluded.state
      where s.revision = excluded.based_on
      """;

  private final Connection connection;
  private final PreparedStatement fence;
  private final PreparedStatement upsert;
  private final int writer;
  private long batch;

  private PostgresBatches(Connection connection, int writer) throws SQLException {
    this.connection = connection;
    this.writer = writer;
    this.fence = connection.prepareStatement(FENCE);
    this.upsert = connection.prepareStatement(UPSERT);
  }

  /** Creates the tables, and that many writers. */
  static List<PostgresBatches> open(String jdbcUrl, int writers) throws SQLException {
    List<PostgresBatches> all = new ArrayList<>();
    try (Connection c = DriverManager.getConnection(jdbcUrl);
        var statement = c.createStatement()) {
      statement.execute(SCHEMA);
      for (int writer = 0; writer < writers; writer++) {
        statement.execute("insert into bare_writer values (" + writer + ", 'MEMBER', 0)");
        Connection own = DriverManager.getConnection(jdbcUrl);
        own.setAutoCommit(false);
        all.add(new PostgresBatches(own, writer));
      }
    }
    return all;
  }

  @Override
  public void commit(Collection<Change> changes) throws SQLException {
    fence.setLong(1, batch + 1);
    fence.setInt(2, writer);
    fence.setLong(3, batch);
    if (fence.executeUpdate() != 1) {
      throw new IllegalStateException("writer " + writer + " is fenced");
    }
    int n = changes.size();
    var names = new String[n];
    var revisions = new Long[n];
    var basedOn = new Long[n];
    var states = new byte[n][];
    int row = 0;
    for (Change change : changes) {
      names[row] = change.actor().name;
      revisions[row] = change.revision();
      basedOn[row] = change.actor().committedRevision;
      states[row++] = change.state();
    }
    upsert.setArray(1, connection.createArrayOf("text", names));
    upsert.setArray(2, connection.createArrayOf("bigint", revisions));
    upsert.setArray(3, connection.createArrayOf("bigint", basedOn));
    upsert.setArray(4, connection.createArrayOf("bytea", states));
    if (upsert.executeUpdate() != n) {
      throw new IllegalStateException("another writer was faster than writer " + writer);
    }
    connection.commit();
    batch++;
  }
}
