package org.spawnmesh.statestore.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * For databases that run in this process: a statement costs no round trip, so each row is an UPDATE
 * or an INSERT of its own, prepared once.
 */
abstract class BatchedDialect extends Dialect {

  private final String update;
  private final String insert;

  BatchedDialect(Tables tables) {
    super(tables);
    update =
        "UPDATE "
            + tables.snapshot()
            + " SET revision = ?, state_type = ?, state = ?, key_id = ?, tags = ?"
            + " WHERE system = ? AND type = ? AND name = ? AND revision = ?";
    insert =
        "INSERT INTO "
            + tables.snapshot()
            + " (revision, state_type, state, key_id, tags, system, type, name) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
  }

  @Override
  final boolean save(Connection connection, Batch batch) throws SQLException {
    PreparedStatement updates = null;
    PreparedStatement inserts = null;
    try {
      for (Row row : batch.rows()) {
        if (row.isNew()) {
          inserts = inserts == null ? connection.prepareStatement(insert) : inserts;
          bind(inserts, batch.system(), row);
          inserts.addBatch();
        } else {
          updates = updates == null ? connection.prepareStatement(update) : updates;
          bind(updates, batch.system(), row);
          updates.setLong(9, row.expected());
          updates.addBatch();
        }
      }
      return allMatched(updates) && allMatched(inserts);
    } catch (SQLException e) {
      // Only the INSERT of a new actor can meet a key: somebody else was faster.
      if (isDuplicateKey(e)) {
        return false;
      }
      throw e;
    } finally {
      closeAll(updates, inserts);
    }
  }

  private static void bind(PreparedStatement statement, String system, Row row)
      throws SQLException {
    statement.setLong(1, row.revision());
    statement.setString(2, row.stateType());
    statement.setBytes(3, row.state());
    statement.setString(4, row.keyId());
    statement.setString(5, row.tags());
    statement.setString(6, system);
    statement.setString(7, row.type());
    statement.setString(8, row.name());
  }

  private static boolean allMatched(@Nullable PreparedStatement statement) throws SQLException {
    if (statement != null) {
      for (int affected : statement.executeBatch()) {
        if (affected != 1) {
          return false;
        }
      }
    }
    return true;
  }

  private static void closeAll(@Nullable PreparedStatement... statements) throws SQLException {
    for (PreparedStatement statement : statements) {
      if (statement != null) {
        statement.close();
      }
    }
  }
}
