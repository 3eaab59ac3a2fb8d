package org.spawnmesh.statestore.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.statestore.jdbc.Seal.Context;
import org.spawnmesh.statestore.jdbc.Vault.Stored;
import org.spawnmesh.store.Cause;
import org.spawnmesh.store.Change;
import org.spawnmesh.store.Commit;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.StateStore.Revision;
import org.spawnmesh.store.UnreadableStateException;

/**
 * Turns changes into rows and rows into snapshots: encodes, seals, opens, and finds out what cannot
 * be read. Thread-safe.
 */
final class StateRows {

  private final String system;
  private final Vault vault;
  private final AgendaRows agenda;
  private final String select;
  private final String selectHistory;

  StateRows(Tables tables, String system, Vault vault, AgendaRows agenda) {
    this.system = system;
    this.vault = vault;
    this.agenda = agenda;
    String columns = "SELECT revision, state_type, state, key_id, tags";
    String key = " WHERE system = ? AND type = ? AND name = ?";
    select = columns + " FROM " + tables.snapshot() + key;
    selectHistory =
        columns
            + ", action, caller, trace_id, occurred_at FROM "
            + tables.history()
            + key
            + " ORDER BY revision DESC";
  }

  /** Done before a connection is taken, so that no transaction waits for it. */
  Batch encode(Commit commit) {
    List<Row> rows = new ArrayList<>(commit.changes().size());
    for (Change change : commit.changes()) {
      rows.add(encode(change));
    }
    rows.sort(Row.BY_KEY);
    return new Batch(system, commit.writer(), commit.batch(), rows, agenda.encode(commit));
  }

  private Row encode(Change change) {
    Snapshot next = change.next();
    ActorId actor = next.actor();
    requireOwn(actor);
    Payload state = next.state();
    String stateType = state == null ? null : state.type();
    Stored stored =
        state == null
            ? Stored.NOTHING
            : vault.close(context(actor, next.revision(), state.type()), state.bytes());
    return new Row(
        actor.type().name(),
        actor.name(),
        next.revision(),
        change.expected(),
        stateType,
        stored.bytes(),
        stored.keyId(),
        TagsJson.write(next.tags()),
        change.cause(),
        change.history());
  }

  void requireOwn(ActorId actor) {
    if (!actor.system().equals(system)) {
      throw new IllegalArgumentException(
          "%s is not an actor of system '%s'".formatted(actor, system));
    }
  }

  void requireOwn(ActorType type) {
    if (!type.system().equals(system)) {
      throw new IllegalArgumentException(
          "%s is not an actor type of system '%s'".formatted(type, system));
    }
  }

  private Context context(ActorId actor, long revision, String stateType) {
    return new Context(system, actor.type().name(), actor.name(), revision, stateType);
  }

  Optional<Snapshot> load(Connection connection, ActorId actor) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(select)) {
      bind(statement, actor);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? Optional.of(snapshot(rows, actor)) : Optional.empty();
      }
    }
  }

  /** The stored revision, or {@link Snapshot#NEVER_SAVED}. */
  long revision(Connection connection, ActorId actor) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(select)) {
      bind(statement, actor);
      try (ResultSet rows = statement.executeQuery()) {
        return rows.next() ? rows.getLong(1) : Snapshot.NEVER_SAVED;
      }
    }
  }

  List<Revision> history(Connection connection, ActorId actor, int limit) throws SQLException {
    List<Revision> revisions = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement(selectHistory)) {
      statement.setMaxRows(limit);
      bind(statement, actor);
      try (ResultSet rows = statement.executeQuery()) {
        while (rows.next()) {
          revisions.add(new Revision(snapshot(rows, actor), cause(rows)));
        }
      }
    }
    return revisions;
  }

  private void bind(PreparedStatement statement, ActorId actor) throws SQLException {
    statement.setString(1, system);
    statement.setString(2, actor.type().name());
    statement.setString(3, actor.name());
  }

  private Snapshot snapshot(ResultSet row, ActorId actor) throws SQLException {
    long revision = row.getLong(1);
    String stateType = row.getString(2);
    byte[] state = row.getBytes(3);
    Payload payload = null;
    if (state != null || stateType != null) {
      if (state == null || stateType == null) {
        throw new UnreadableStateException(
            "%s at revision %d has a %s without a %s"
                .formatted(
                    actor,
                    revision,
                    state == null ? "state type" : "state",
                    state == null ? "state" : "state type"));
      }
      payload = payload(stateType, open(actor, revision, stateType, state, row.getString(4)));
    }
    return new Snapshot(actor, revision, payload, tags(actor, revision, row.getString(5)));
  }

  private static Payload payload(String type, byte[] bytes) {
    return type.isEmpty() && bytes.length == 0 ? Payload.NONE : Payload.of(type, bytes);
  }

  private byte[] open(
      ActorId actor, long revision, String stateType, byte[] state, @Nullable String keyId) {
    return vault.open(
        context(actor, revision, stateType),
        state,
        keyId,
        "%s at revision %d".formatted(actor, revision));
  }

  private static Map<String, String> tags(ActorId actor, long revision, @Nullable String json) {
    try {
      return TagsJson.read(json);
    } catch (IllegalArgumentException e) {
      throw new UnreadableStateException(
          "The tags of %s at revision %d cannot be read".formatted(actor, revision), e);
    }
  }

  private static Cause cause(ResultSet row) throws SQLException {
    String caller = row.getString(7);
    return new Cause(
        row.getString(6),
        caller == null ? null : ActorId.parse(caller),
        row.getString(8),
        Columns.instant(row.getLong(9)));
  }

  /**
   * The same state under the primary key.
   *
   * @param keyId of the key it is sealed with now, or null if it is open
   */
  Stored reseal(
      ActorId actor, long revision, String stateType, byte[] state, @Nullable String keyId) {
    byte[] open = open(actor, revision, stateType, state, keyId);
    return vault.close(context(actor, revision, stateType), open);
  }
}
