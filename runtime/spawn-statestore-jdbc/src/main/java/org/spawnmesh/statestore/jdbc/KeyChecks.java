package org.spawnmesh.statestore.jdbc;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.statestore.jdbc.Seal.Context;

/**
 * A known text, sealed once with each key that was ever primary and is not retired: it tells at the
 * start, without looking at any actor, whether the key ring fits what is stored.
 */
final class KeyChecks {

  private static final byte[] KNOWN = "spawn".getBytes(StandardCharsets.UTF_8);

  private final Transactions transactions;
  private final Dialect dialect;
  private final String system;
  private final Seal seal;
  private final String select;
  private final String insert;
  private final String delete;

  KeyChecks(Transactions transactions, Dialect dialect, Tables tables, String system, Seal seal) {
    this.transactions = transactions;
    this.dialect = dialect;
    this.system = system;
    this.seal = seal;
    select = "SELECT key_id, sealed FROM " + tables.keyCheck() + " WHERE system = ?";
    insert = "INSERT INTO " + tables.keyCheck() + " (system, key_id, sealed) VALUES (?, ?, ?)";
    delete = "DELETE FROM " + tables.keyCheck() + " WHERE system = ? AND key_id <> ?";
  }

  /**
   * @throws SpawnException if a key in use is not in the ring, or another one has its id
   */
  void check(@Nullable KeyRing ring) {
    Map<String, byte[]> stored = transactions.read(this::load);
    stored.forEach((id, text) -> check(ring, id, text));
    if (ring != null && !stored.containsKey(ring.primaryId())) {
      add(ring.primaryId(), ring);
      // Another node may have been first, with another key under this id.
      transactions.read(this::load).forEach((id, text) -> check(ring, id, text));
    }
  }

  private Map<String, byte[]> load(Connection connection) throws SQLException {
    Map<String, byte[]> checks = new HashMap<>();
    try (PreparedStatement statement = connection.prepareStatement(select)) {
      statement.setString(1, system);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          checks.put(rows.getString(1), rows.getBytes(2));
        }
      }
    }
    return checks;
  }

  private void check(@Nullable KeyRing ring, String id, byte[] sealed) {
    SecretKey key = ring == null ? null : ring.key(id);
    if (key == null) {
      throw wrongKey(
          "State of actor system '%s' is encrypted with key '%s', which is not %s"
              .formatted(system, id, ring == null ? "configured" : "among the " + ring));
    }
    try {
      seal.open(key, context(id), sealed);
    } catch (GeneralSecurityException e) {
      throw wrongKey(
          "State of actor system '%s' is encrypted with another key '%s' than the one configured under this id"
              .formatted(system, id));
    }
  }

  private static SpawnException wrongKey(String message) {
    return new SpawnException(Failure.notExecuted(FailureCode.WRONG_ENCRYPTION_KEY, message));
  }

  private Context context(String id) {
    return new Context(system, "", id, 0, "key check");
  }

  private void add(String id, KeyRing ring) {
    SecretKey key = ring.key(id);
    if (key == null) {
      throw new IllegalStateException("A ring has its primary key");
    }
    byte[] sealed = seal.seal(key, context(id), KNOWN);
    transactions.run(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setString(1, system);
            statement.setString(2, id);
            statement.setBytes(3, sealed);
            statement.executeUpdate();
            if (!connection.getAutoCommit()) {
              connection.commit();
            }
          } catch (SQLException e) {
            if (!dialect.isDuplicateKey(e)) {
              throw e;
            }
          }
        });
  }

  /** Nothing is encrypted with any other key any more. */
  void retireAllBut(String id) {
    transactions.write(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(delete)) {
            statement.setString(1, system);
            statement.setString(2, id);
            return statement.executeUpdate();
          }
        });
  }
}
