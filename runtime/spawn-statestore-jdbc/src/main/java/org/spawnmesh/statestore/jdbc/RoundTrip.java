package org.spawnmesh.statestore.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Statements that go to PostgreSQL together and are run there one after the other, each with a
 * snapshot of its own: the driver sends them without waiting for an answer in between. Not
 * thread-safe.
 */
final class RoundTrip {

  private final StringBuilder sql = new StringBuilder();
  private final List<Object> values = new ArrayList<>();
  private int statements;

  /**
   * Appends a statement.
   *
   * @param parameters texts, numbers and arrays of them
   */
  void add(String statement, Object... parameters) {
    if (statements++ > 0) {
      sql.append("; ");
    }
    sql.append(statement);
    values.addAll(List.of(parameters));
  }

  /**
   * Runs them all, unless one fails.
   *
   * @return of each statement the number of rows it changed, or the number it selected
   */
  long[] run(Connection connection) throws SQLException {
    long[] results = new long[statements];
    try (PreparedStatement all = connection.prepareStatement(sql.toString())) {
      for (int i = 0; i < values.size(); i++) {
        all.setObject(i + 1, values.get(i));
      }
      boolean selects = all.execute();
      for (int i = 0; i < statements; i++) {
        results[i] = selects ? selected(all) : all.getUpdateCount();
        selects = all.getMoreResults();
      }
    }
    return results;
  }

  private static long selected(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.getResultSet()) {
      return rows.next() ? rows.getLong(1) : 0;
    }
  }
}
