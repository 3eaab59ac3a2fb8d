package org.spawnmesh.statestore.jdbc;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.Route;
import org.spawnmesh.statestore.jdbc.Seal.Context;
import org.spawnmesh.statestore.jdbc.Table.Column;
import org.spawnmesh.statestore.jdbc.TableWrite.Mode;
import org.spawnmesh.statestore.jdbc.Vault.Stored;
import org.spawnmesh.store.Alarm;
import org.spawnmesh.store.Change;
import org.spawnmesh.store.Commit;
import org.spawnmesh.store.DeadLetter;
import org.spawnmesh.store.KeptReply;
import org.spawnmesh.store.OutboxEntry;
import org.spawnmesh.store.Reminder;
import org.spawnmesh.store.ReminderChange;
import org.spawnmesh.store.Slots;
import org.spawnmesh.store.UnreadableStateException;
import org.spawnmesh.store.Upkeep;

/**
 * Turns what is enclosed in changes, and upkeep, into rows and back: outbox, dead letters, kept
 * replies, reminders. Thread-safe.
 */
final class AgendaRows {

  /** All writers touch rows in this order; a part of a key is a text or a number. */
  private static final Comparator<@Nullable Object[]> BY_KEY =
      (a, b) -> {
        int order = 0;
        for (int i = 0; order == 0 && i < Math.min(a.length, b.length); i++) {
          order =
              a[i] instanceof String text
                  ? text.compareTo(String.valueOf(b[i]))
                  : Long.compare(Table.number(a[i]), Table.number(b[i]));
        }
        return order;
      };

  /** Of every table: type, name, and a third column. */
  private static final int KEYS = 3;

  final Table outbox;
  final Table deadLetter;
  final Table reply;
  final Table reminder;

  private final String system;
  private final Vault vault;

  AgendaRows(Tables tables, String system, Vault vault) {
    outbox = Table.outbox(tables);
    deadLetter = Table.deadLetter(tables);
    reply = Table.reply(tables);
    reminder = Table.reminder(tables);
    this.system = system;
    this.vault = vault;
  }

  // What a commit writes

  List<TableWrite> encode(Commit commit) {
    boolean plain = commit.upkeep().isEmpty();
    for (Change change : commit.changes()) {
      plain &= change.enclosure().isEmpty();
    }
    return plain ? List.of() : encodeAll(commit);
  }

  private List<TableWrite> encodeAll(Commit commit) {
    Upkeep upkeep = commit.upkeep();
    List<@Nullable Object[]> sent = new ArrayList<>();
    List<@Nullable Object[]> replies = new ArrayList<>();
    Map<@Nullable Object[], ReminderChange> reminders = new TreeMap<>(BY_KEY);
    for (Change change : commit.changes()) {
      change.enclosure().sent().forEach(entry -> sent.add(row(entry)));
      change.enclosure().replies().forEach(kept -> replies.add(row(kept)));
      change.enclosure().reminders().forEach(changed -> reminders.put(key(changed), changed));
    }
    upkeep.reminders().forEach(changed -> reminders.put(key(changed), changed));
    List<@Nullable Object[]> gone = new ArrayList<>();
    List<@Nullable Object[]> dead = new ArrayList<>();
    List<@Nullable Object[]> revived = new ArrayList<>();
    List<@Nullable Object[]> notDead = new ArrayList<>();
    upkeep.delivered().forEach(key -> gone.add(key(key)));
    for (DeadLetter letter : upkeep.buried()) {
      gone.add(key(letter.entry().key()));
      dead.add(row(letter));
    }
    for (OutboxEntry entry : upkeep.revived()) {
      notDead.add(key(entry.key()));
      revived.add(row(entry.unordered()));
    }
    upkeep.dropped().forEach(key -> notDead.add(key(key)));
    List<@Nullable Object[]> planned = new ArrayList<>();
    List<@Nullable Object[]> cancelled = new ArrayList<>();
    reminders.forEach(
        (key, change) -> {
          switch (change) {
            case ReminderChange.Planned now -> planned.add(row(now.reminder()));
            case ReminderChange.Cancelled cancel -> cancelled.add(key);
          }
        });
    List<TableWrite> writes = new ArrayList<>();
    add(writes, outbox, Mode.INSERT, sent);
    add(writes, outbox, Mode.DELETE, gone);
    add(writes, deadLetter, Mode.REPLACE, dead);
    add(writes, outbox, Mode.REPLACE, revived);
    add(writes, deadLetter, Mode.DELETE, notDead);
    add(writes, reply, Mode.REPLACE, replies);
    add(writes, reminder, Mode.REPLACE, planned);
    add(writes, reminder, Mode.DELETE, cancelled);
    return writes;
  }

  private static void add(
      List<TableWrite> writes, Table table, Mode mode, List<@Nullable Object[]> rows) {
    if (!rows.isEmpty()) {
      rows.sort(BY_KEY);
      writes.add(new TableWrite(table, mode, rows));
    }
  }

  private static @Nullable Object[] key(OutboxEntry.Key key) {
    ActorId sender = key.sender();
    return new @Nullable Object[] {sender.type().name(), sender.name(), key.sequence()};
  }

  private static @Nullable Object[] key(ReminderChange change) {
    ActorId actor = change.actor();
    return new @Nullable Object[] {actor.type().name(), actor.name(), change.name()};
  }

  private @Nullable Object[] row(OutboxEntry entry) {
    ActorId sender = entry.sender();
    Payload payload = entry.payload();
    Stored stored = stored(messageContext(entry.key(), payload.type()), payload);
    return new @Nullable Object[] {
      sender.type().name(),
      sender.name(),
      entry.sequence(),
      entry.ordered() ? 1L : 0L,
      entry.target().toString(),
      entry.action(),
      payload.isNone() ? null : payload.type(),
      stored.bytes(),
      stored.keyId(),
      TagsJson.write(entry.metadata())
    };
  }

  private @Nullable Object[] row(DeadLetter letter) {
    @Nullable Object[] entry = row(letter.entry());
    @Nullable Object[] row = Arrays.copyOf(entry, deadLetter.columns().size());
    Failure reason = letter.reason();
    int at = entry.length;
    row[at++] = reason.code().id();
    row[at++] = reason.message();
    row[at++] = reason.execution().name();
    row[at++] = (long) letter.attempts();
    row[at] = Columns.micros(letter.at());
    return row;
  }

  private @Nullable Object[] row(KeptReply kept) {
    ActorId actor = kept.actor();
    @Nullable String type = null;
    @Nullable String failure = null;
    Stored stored = Stored.NOTHING;
    switch (kept.answer()) {
      case Answer.Ok ok -> {
        if (!ok.payload().isNone()) {
          type = ok.payload().type();
          stored = vault.close(replyContext(kept, type), ok.payload().bytes());
        }
      }
      case Answer.Failed failed -> {
        type = "";
        failure = failed.failure().code().id();
        stored =
            vault.close(
                replyContext(kept, type),
                failed.failure().message().getBytes(StandardCharsets.UTF_8));
      }
    }
    return new @Nullable Object[] {
      actor.type().name(),
      actor.name(),
      digest(kept.source()),
      kept.source(),
      kept.number(),
      kept.fingerprint(),
      type,
      stored.bytes(),
      stored.keyId(),
      failure,
      Columns.micros(kept.until()),
      passedTo(kept.passedTo())
    };
  }

  /** An actor's name has no end of a line. */
  private static @Nullable String passedTo(Route.@Nullable Pipe route) {
    return route == null ? null : route.actor() + "\n" + route.action();
  }

  private static Route.@Nullable Pipe passedTo(@Nullable String text) {
    if (text == null) {
      return null;
    }
    String[] parts = text.split("\n", 2);
    return new Route.Pipe(ActorId.parse(parts[0]), parts[1]);
  }

  private @Nullable Object[] row(Reminder planned) {
    ActorId actor = planned.actor();
    Payload payload = planned.payload();
    Stored stored = stored(reminderContext(actor, planned.name(), payload.type()), payload);
    return new @Nullable Object[] {
      actor.type().name(),
      actor.name(),
      planned.name(),
      (long) Slots.of(actor),
      planned.action(),
      payload.isNone() ? null : payload.type(),
      stored.bytes(),
      stored.keyId(),
      TagsJson.write(planned.metadata()),
      planned.caller() == null ? null : planned.caller().toString(),
      planned.schedule(),
      planned.zone(),
      planned.catchUp(),
      Columns.micros(planned.due())
    };
  }

  /** Sources can be longer than a key of an index may be. */
  static String digest(String source) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(Columns.lockDigest(source));
  }

  private Stored stored(Context context, Payload payload) {
    return payload.isNone() ? Stored.NOTHING : vault.close(context, payload.bytes());
  }

  // What a value is sealed for: none of these is a state's

  private Context messageContext(OutboxEntry.Key key, String payloadType) {
    ActorId sender = key.sender();
    return new Context(
        system, sender.type().name(), sender.name(), key.sequence(), "message\n" + payloadType);
  }

  private Context replyContext(KeptReply kept, String answerType) {
    return replyContext(kept.actor(), digest(kept.source()), kept.number(), answerType);
  }

  private Context replyContext(ActorId actor, String digest, long number, String answerType) {
    return new Context(
        system, actor.type().name(), actor.name(), number, "reply\n" + digest + "\n" + answerType);
  }

  private Context reminderContext(ActorId actor, String name, String payloadType) {
    return new Context(
        system, actor.type().name(), actor.name(), 0, "reminder\n" + name + "\n" + payloadType);
  }

  // What is read

  OutboxEntry entry(ResultSet row) throws SQLException {
    return entry(outbox, row);
  }

  /** The columns of an outbox row, its payload only up to so many bytes, then its true length. */
  String entryColumns(Dialect dialect, long inline) {
    String length = dialect.octets("payload");
    return outbox.columns().stream()
            .map(Column::name)
            .map(
                name ->
                    name.equals("payload")
                        ? "CASE WHEN %s <= %d THEN payload END".formatted(length, inline)
                        : name)
            .collect(Collectors.joining(", "))
        + ", "
        + length;
  }

  /** One row of {@link #entryColumns}. */
  Sized sized(ResultSet row, long inline) throws SQLException {
    long bytes = row.getLong(outbox.columns().size() + 1);
    return new Sized(
        row.getLong(outbox.index("sequence")), bytes, bytes > inline ? null : entry(row));
  }

  /**
   * An entry, or that it is too large to be read with others.
   *
   * @param bytes of the payload as it is stored
   */
  record Sized(long sequence, long bytes, @Nullable OutboxEntry entry) {}

  private OutboxEntry entry(Table table, ResultSet row) throws SQLException {
    OutboxEntry.Key key = new OutboxEntry.Key(actor(row), row.getLong(table.index("sequence")));
    return new OutboxEntry(
        key,
        row.getLong(table.index("ordered")) != 0,
        ActorId.parse(row.getString(table.index("target"))),
        row.getString(table.index("action")),
        payload(table, row, key),
        tags(row.getString(table.index("metadata")), key));
  }

  private ActorId actor(ResultSet row) throws SQLException {
    return ActorId.of(system, row.getString(1), row.getString(2));
  }

  private Payload payload(Table table, ResultSet row, Object what) throws SQLException {
    String type = row.getString(table.index("payload_type"));
    byte[] bytes = row.getBytes(table.index("payload"));
    if (type == null && bytes == null) {
      return Payload.NONE;
    }
    if (type == null || bytes == null) {
      throw new UnreadableStateException(what + " has half a payload");
    }
    Context context = context(table, row);
    return Payload.of(type, vault.open(context, bytes, row.getString(table.index("key_id")), what));
  }

  private static Map<String, String> tags(@Nullable String json, Object what) {
    try {
      return TagsJson.read(json);
    } catch (IllegalArgumentException e) {
      throw new UnreadableStateException("The metadata of " + what + " cannot be read", e);
    }
  }

  DeadLetter deadLetter(ResultSet row) throws SQLException {
    OutboxEntry entry = entry(deadLetter, row);
    Failure reason =
        new Failure(
            code(row.getString(deadLetter.index("reason")), entry.key()),
            row.getString(deadLetter.index("message")),
            Execution.valueOf(row.getString(deadLetter.index("execution"))),
            null);
    return new DeadLetter(
        entry,
        reason,
        row.getInt(deadLetter.index("attempts")),
        Columns.instant(row.getLong(deadLetter.index("failed_at"))));
  }

  private static FailureCode code(String id, Object what) {
    for (FailureCode code : FailureCode.values()) {
      if (code.id().equals(id)) {
        return code;
      }
    }
    throw new UnreadableStateException(
        "%s failed with %s, which this version does not know".formatted(what, id));
  }

  KeptReply reply(ResultSet row) throws SQLException {
    ActorId actor = actor(row);
    String source = row.getString(reply.index("source_text"));
    String what = "The reply of %s to %s".formatted(actor, source);
    String type = row.getString(reply.index("answer_type"));
    byte[] bytes = row.getBytes(reply.index("answer"));
    String failure = row.getString(reply.index("failure"));
    Answer answer = Answer.EMPTY;
    if (type != null && bytes != null) {
      byte[] open =
          vault.open(context(reply, row), bytes, row.getString(reply.index("key_id")), what);
      answer =
          failure == null
              ? Answer.of(Payload.of(type, open))
              : Answer.failed(
                  Failure.executed(code(failure, what), new String(open, StandardCharsets.UTF_8)));
    }
    return new KeptReply(
        actor,
        source,
        row.getLong(reply.index("number")),
        row.getString(reply.index("fingerprint")),
        answer,
        passedTo(row.getString(reply.index("passed_to"))),
        Columns.instant(row.getLong(reply.index("kept_until"))));
  }

  Reminder reminder(ResultSet row) throws SQLException {
    ActorId actor = actor(row);
    String name = row.getString(reminder.index("reminder"));
    String what = "The reminder %s of %s".formatted(name, actor);
    String caller = row.getString(reminder.index("caller"));
    return new Reminder(
        actor,
        name,
        row.getString(reminder.index("action")),
        payload(reminder, row, what),
        tags(row.getString(reminder.index("metadata")), what),
        caller == null ? null : ActorId.parse(caller),
        row.getString(reminder.index("schedule")),
        row.getString(reminder.index("zone")),
        row.getString(reminder.index("catch_up")),
        Columns.instant(row.getLong(reminder.index("due_at"))));
  }

  /** The columns of {@link #alarm}. */
  String alarmColumns(Dialect dialect) {
    return "type, name, reminder, action, caller, metadata, due_at, " + dialect.octets("payload");
  }

  Alarm alarm(ResultSet row) throws SQLException {
    Reminder.Key key = new Reminder.Key(actor(row), row.getString(3));
    String caller = row.getString(5);
    return new Alarm(
        key,
        row.getString(4),
        caller == null ? null : ActorId.parse(caller),
        tags(row.getString(6), key),
        Columns.instant(row.getLong(7)),
        row.getLong(8));
  }

  // Another key

  List<Table> sealedTables() {
    return List.of(outbox, deadLetter, reply, reminder);
  }

  private static String sealedColumn(Table table) {
    return table.columns().stream().anyMatch(column -> column.name().equals("answer"))
        ? "answer"
        : "payload";
  }

  private Context context(Table table, ResultSet row) throws SQLException {
    ActorId actor = actor(row);
    String third = row.getString(KEYS);
    if (table == reply) {
      return replyContext(
          actor,
          third,
          row.getLong(table.index("number")),
          row.getString(table.index("answer_type")));
    }
    String type = row.getString(table.index("payload_type"));
    return table == reminder
        ? reminderContext(actor, third, type)
        : messageContext(new OutboxEntry.Key(actor, row.getLong(KEYS)), type);
  }

  /** Rows whose value is not sealed with this key: their keys, then the value resealed. */
  List<@Nullable Object[]> sealedOtherwise(
      Connection connection, Table table, String keyId, int limit) throws SQLException {
    String column = sealedColumn(table);
    List<@Nullable Object[]> found = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            table.select()
                + " AND %s IS NOT NULL AND (key_id IS NULL OR key_id <> ?)".formatted(column))) {
      select.setMaxRows(limit);
      select.setString(1, system);
      select.setString(2, keyId);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          Context context = context(table, row);
          byte[] open =
              vault.open(
                  context,
                  row.getBytes(table.index(column)),
                  row.getString(table.index("key_id")),
                  "%s of %s".formatted(table.name(), actor(row)));
          Stored sealed = vault.close(context, open);
          Object third =
              table.columns().get(KEYS - 1).kind() == Table.Kind.NUMBER
                  ? (Object) row.getLong(KEYS)
                  : row.getString(KEYS);
          found.add(
              new @Nullable Object[] {
                row.getString(1), row.getString(2), third, sealed.bytes(), sealed.keyId()
              });
        }
      }
    }
    return found;
  }

  /** A row that was written meanwhile has the new key already, and stays. */
  long reseal(Connection connection, Table table, List<@Nullable Object[]> rows)
      throws SQLException {
    long changed = 0;
    String update =
        "UPDATE %s SET %s = ?, key_id = ? WHERE system = ? AND type = ? AND name = ? AND %s = ? AND (key_id IS NULL OR key_id <> ?)"
            .formatted(table.name(), sealedColumn(table), table.columns().get(KEYS - 1).name());
    try (PreparedStatement statement = connection.prepareStatement(update)) {
      for (@Nullable Object[] row : rows) {
        statement.setBytes(1, (byte[]) row[KEYS]);
        statement.setString(2, (String) row[KEYS + 1]);
        statement.setString(3, system);
        int next = table.bind(statement, 4, row, KEYS);
        statement.setString(next, (String) row[KEYS + 1]);
        statement.addBatch();
      }
      for (int affected : statement.executeBatch()) {
        changed += Math.max(affected, 0);
      }
    }
    return changed;
  }
}
