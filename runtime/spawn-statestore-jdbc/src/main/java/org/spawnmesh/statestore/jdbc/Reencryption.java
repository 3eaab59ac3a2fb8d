package org.spawnmesh.statestore.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.statestore.jdbc.Vault.Stored;

/**
 * Brings every stored state under the primary key, in small transactions beside the running system.
 *
 * <p>A row is replaced only while it is still at the revision that was read, and a revision's state
 * never changes: so a commit that comes between wins, and has used the primary key itself.
 */
final class Reencryption {

  private final Transactions transactions;
  private final String system;
  private final StateRows rows;
  private final AgendaRows agenda;
  private final KeyChecks checks;
  private final KeyRing ring;
  private final Tables tables;

  Reencryption(
      Transactions transactions,
      Tables tables,
      String system,
      StateRows rows,
      AgendaRows agenda,
      KeyChecks checks,
      KeyRing ring) {
    this.transactions = transactions;
    this.tables = tables;
    this.system = system;
    this.rows = rows;
    this.agenda = agenda;
    this.checks = checks;
    this.ring = ring;
  }

  long run(int batchSize) {
    if (batchSize < 1) {
      throw new IllegalArgumentException("A batch has at least one row, not " + batchSize);
    }
    long done = 0;
    for (String table : List.of(tables.snapshot(), tables.history())) {
      for (String type : transactions.read(connection -> types(connection, table))) {
        done += run(table, type, batchSize);
      }
    }
    for (Table table : agenda.sealedTables()) {
      done += run(table, batchSize);
    }
    checks.retireAllBut(ring.primaryId());
    return done;
  }

  private List<String> types(Connection connection, String table) throws SQLException {
    List<String> types = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement("SELECT DISTINCT type FROM " + table + " WHERE system = ?")) {
      select.setString(1, system);
      try (ResultSet result = select.executeQuery()) {
        while (result.next()) {
          types.add(result.getString(1));
        }
      }
    }
    return types;
  }

  private record Found(
      ActorId actor, long revision, String stateType, byte[] state, @Nullable String keyId) {}

  /** Walks along the primary key, so that each batch begins where the last one ended. */
  private long run(String table, String type, int batchSize) {
    long done = 0;
    String name = "";
    long revision = 0;
    while (true) {
      String afterName = name;
      long afterRevision = revision;
      List<Found> batch =
          transactions.read(
              connection -> find(connection, table, type, afterName, afterRevision, batchSize));
      if (batch.isEmpty()) {
        return done;
      }
      done += transactions.write(connection -> replace(connection, table, batch));
      name = batch.getLast().actor().name();
      revision = batch.getLast().revision();
    }
  }

  private List<Found> find(
      Connection connection, String table, String type, String name, long revision, int limit)
      throws SQLException {
    List<Found> found = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "SELECT name, revision, state_type, state, key_id FROM "
                + table
                + " WHERE system = ? AND type = ? AND name >= ? AND (name > ? OR revision > ?) AND"
                + " state IS NOT NULL AND (key_id IS NULL OR key_id <> ?) ORDER BY name,"
                + " revision")) {
      select.setMaxRows(limit);
      select.setString(1, system);
      select.setString(2, type);
      select.setString(3, name);
      select.setString(4, name);
      select.setLong(5, revision);
      select.setString(6, ring.primaryId());
      try (ResultSet result = select.executeQuery()) {
        while (result.next()) {
          found.add(
              new Found(
                  ActorId.of(system, type, result.getString(1)),
                  result.getLong(2),
                  result.getString(3),
                  result.getBytes(4),
                  result.getString(5)));
        }
      }
    }
    return found;
  }

  private long replace(Connection connection, String table, List<Found> batch) throws SQLException {
    long replaced = 0;
    try (PreparedStatement update =
        connection.prepareStatement(
            "UPDATE "
                + table
                + " SET state = ?, key_id = ? WHERE system = ? AND type = ? AND name = ? AND"
                + " revision = ?")) {
      for (Found row : batch) {
        ActorId actor = row.actor();
        Stored sealed =
            rows.reseal(actor, row.revision(), row.stateType(), row.state(), row.keyId());
        update.setBytes(1, sealed.bytes());
        update.setString(2, sealed.keyId());
        update.setString(3, system);
        update.setString(4, actor.type().name());
        update.setString(5, actor.name());
        update.setLong(6, row.revision());
        update.addBatch();
      }
      for (int affected : update.executeBatch()) {
        replaced += Math.max(affected, 0);
      }
    }
    return replaced;
  }

  /** What was replaced is not found again, so each batch begins at the start. */
  private long run(Table table, int batchSize) {
    long done = 0;
    while (true) {
      List<@Nullable Object[]> batch =
          transactions.read(
              connection -> agenda.sealedOtherwise(connection, table, ring.primaryId(), batchSize));
      if (batch.isEmpty()) {
        return done;
      }
      done += transactions.write(connection -> agenda.reseal(connection, table, batch));
    }
  }
}
