package org.spawnmesh.statestore.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.statestore.jdbc.AgendaRows.Sized;
import org.spawnmesh.store.Agenda;
import org.spawnmesh.store.Alarm;
import org.spawnmesh.store.DeadLetter;
import org.spawnmesh.store.KeptReply;
import org.spawnmesh.store.OutboxEntry;
import org.spawnmesh.store.Reminder;
import org.spawnmesh.store.Slots;

/** The agenda in four tables. Thread-safe. */
final class JdbcAgenda implements Agenda {

  private final Transactions transactions;
  private final Dialect dialect;
  private final StateRows states;
  private final AgendaRows rows;
  private final String system;

  JdbcAgenda(
      Transactions transactions,
      Dialect dialect,
      StateRows states,
      AgendaRows rows,
      String system) {
    this.transactions = transactions;
    this.dialect = dialect;
    this.states = states;
    this.rows = rows;
    this.system = system;
  }

  private interface Reading<T> {
    T of(ResultSet row) throws SQLException;
  }

  private <T> List<T> select(String sql, int limit, Reading<T> reading, Object... parameters) {
    return limit < 1
        ? List.of()
        : transactions.read(connection -> select(connection, sql, limit, reading, parameters));
  }

  private <T> List<T> select(
      Connection connection, String sql, int limit, Reading<T> reading, Object... parameters)
      throws SQLException {
    List<T> found = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      if (limit < Integer.MAX_VALUE) {
        select.setMaxRows(limit);
      }
      select.setString(1, system);
      for (int i = 0; i < parameters.length; i++) {
        if (parameters[i] instanceof String text) {
          select.setString(i + 2, text);
        } else {
          select.setLong(i + 2, Table.number(parameters[i]));
        }
      }
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          found.add(reading.of(row));
        }
      }
    }
    return found;
  }

  private String own(ActorType type) {
    if (!type.system().equals(system)) {
      throw new IllegalArgumentException("%s is no type of system '%s'".formatted(type, system));
    }
    return type.name();
  }

  @Override
  public List<ActorId> senders(ActorType type, String after, int limit) {
    return select(
        "SELECT DISTINCT name FROM "
            + rows.outbox.name()
            + " WHERE system = ? AND type = ? AND name > ? ORDER BY name"
            + dialect.firstRows(limit),
        limit,
        row -> new ActorId(type, row.getString(1)),
        own(type),
        after);
  }

  private static final String OF_ACTOR = " AND type = ? AND name = ?";
  private static final String AFTER = OF_ACTOR + " AND sequence > ? ORDER BY sequence";

  /**
   * A payload that is larger than its share of the budget stays in the database at first: drivers
   * read all rows of a query before they give the first.
   */
  @Override
  public List<OutboxEntry> outbox(ActorId sender, long after, int limit, long bytes) {
    long share = limit < 1 ? 0 : Math.max(0, bytes / limit);
    String sql =
        "SELECT %s FROM %s WHERE system = ?"
                .formatted(rows.entryColumns(dialect, share), rows.outbox.name())
            + AFTER
            + dialect.firstRows(limit);
    String type = own(sender.type());
    List<OutboxEntry> page = List.of();
    List<Sized> found;
    long from = after;
    do {
      found = select(sql, limit, row -> rows.sized(row, share), type, sender.name(), from);
      if (!found.isEmpty()) {
        page = fitting(sender, found, bytes);
        from = found.getLast().sequence();
      }
    } while (page.isEmpty() && !found.isEmpty()); // all of them were delivered meanwhile
    return page;
  }

  private List<OutboxEntry> fitting(ActorId sender, List<Sized> found, long bytes) {
    List<OutboxEntry> page = new ArrayList<>(found.size());
    long left = bytes;
    for (Sized one : found) {
      left -= one.bytes();
      if (left < 0 && !page.isEmpty()) {
        break;
      }
      if (one.entry() != null) {
        page.add(one.entry());
      } else {
        large(sender, one.sequence()).ifPresent(page::add);
      }
    }
    return page;
  }

  private Optional<OutboxEntry> large(ActorId sender, long sequence) {
    return select(
            rows.outbox.select() + OF_ACTOR + " AND sequence = ?",
            1,
            rows::entry,
            own(sender.type()),
            sender.name(),
            sequence)
        .stream()
        .findFirst();
  }

  @Override
  public List<DeadLetter> deadLetters(ActorId sender, long after, int limit) {
    return select(
        rows.deadLetter.select() + AFTER + dialect.firstRows(limit),
        limit,
        rows::deadLetter,
        own(sender.type()),
        sender.name(),
        after);
  }

  @Override
  public List<DeadLetter> deadLetters(
      ActorType type, String prefix, OutboxEntry.@Nullable Key after, int limit) {
    return after == null
        ? page(rows.deadLetter, type, prefix, null, 0L, limit, rows::deadLetter)
        : page(
            rows.deadLetter,
            type,
            prefix,
            after.sender().name(),
            after.sequence(),
            limit,
            rows::deadLetter);
  }

  /** A page of a type's rows in the order of the key, which ends with a name and a third column. */
  private <T> List<T> page(
      Table table,
      ActorType type,
      String prefix,
      @Nullable String afterName,
      Object afterThird,
      int limit,
      Reading<T> reading) {
    String third = table.keyColumns().getLast().name();
    @Nullable String onward = afterName != null && afterName.startsWith(prefix) ? afterName : null;
    String end = Listing.behind(prefix);
    StringBuilder sql = new StringBuilder(table.select()).append(" AND type = ? AND name >= ?");
    List<Object> parameters = new ArrayList<>(List.of(own(type), onward == null ? prefix : onward));
    if (end != null) {
      sql.append(" AND name < ?");
      parameters.add(end);
    }
    if (onward != null) {
      // with the bound above a range of the key in every database; (a, b) > (?, ?) is not
      sql.append(" AND (name > ? OR ").append(third).append(" > ?)");
      parameters.add(onward);
      parameters.add(afterThird);
    }
    sql.append(" ORDER BY name, ").append(third).append(dialect.firstRows(limit));
    return select(sql.toString(), limit, reading, parameters.toArray());
  }

  @Override
  public long countDeadLetters(ActorType type) {
    return select(
            "SELECT COUNT(*) FROM " + rows.deadLetter.name() + " WHERE system = ? AND type = ?",
            1,
            row -> row.getLong(1),
            own(type))
        .getFirst();
  }

  @Override
  public Optional<KeptReply> reply(ActorId actor, String source) {
    states.requireOwn(actor);
    return select(
            rows.reply.select() + OF_ACTOR + " AND source = ?",
            1,
            rows::reply,
            actor.type().name(),
            actor.name(),
            AgendaRows.digest(source))
        .stream()
        .findFirst();
  }

  /** Not in the order of an index: that would be one over all actors. */
  @Override
  public List<KeptReply> replies(ActorId actor, int limit) {
    return select(
        rows.reply.select() + OF_ACTOR + " ORDER BY kept_until + 0 DESC" + dialect.firstRows(limit),
        limit,
        rows::reply,
        own(actor.type()),
        actor.name());
  }

  @Override
  public int forget(Instant now, int limit) {
    List<@Nullable Object[]> old =
        select(
            rows.reply.select() + " AND kept_until <= ?" + dialect.firstRows(limit),
            limit,
            row ->
                new @Nullable Object[] {
                  row.getString(1), row.getString(2), row.getString(3), Columns.micros(now)
                },
            Columns.micros(now));
    if (!old.isEmpty()) {
      transactions.writeAll(connection -> delete(connection, old));
    }
    return old.size();
  }

  /** One that was written anew meanwhile is kept. */
  private void delete(Connection connection, List<@Nullable Object[]> old) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(rows.reply.delete() + " AND kept_until <= ?")) {
      for (@Nullable Object[] key : old) {
        delete.setString(1, system);
        int next = rows.reply.bind(delete, 2, key, rows.reply.keys());
        delete.setLong(next, Table.number(key[rows.reply.keys()]));
        delete.addBatch();
      }
      delete.executeBatch();
    }
  }

  @Override
  public List<Reminder> reminders(ActorId actor) {
    return select(
        rows.reminder.select() + OF_ACTOR + " ORDER BY reminder",
        Integer.MAX_VALUE,
        rows::reminder,
        own(actor.type()),
        actor.name());
  }

  @Override
  public List<Reminder> reminders(
      ActorType type, String prefix, Reminder.@Nullable Key after, int limit) {
    return after == null
        ? page(rows.reminder, type, prefix, null, "", limit, rows::reminder)
        : page(
            rows.reminder, type, prefix, after.actor().name(), after.name(), limit, rows::reminder);
  }

  @Override
  public Optional<Reminder> reminder(ActorId actor, String name) {
    return select(
            rows.reminder.select() + OF_ACTOR + " AND reminder = ?",
            1,
            rows::reminder,
            own(actor.type()),
            actor.name(),
            name)
        .stream()
        .findFirst();
  }

  @Override
  public List<Reminder> due(ActorType type, Slots slots, Instant until, int limit) {
    return slots.isEmpty()
        ? List.of()
        : select(
            rows.reminder.select() + dueInOrder(slots) + dialect.firstRows(limit),
            limit,
            rows::reminder,
            own(type),
            Columns.micros(until));
  }

  @Override
  public List<Alarm> alarms(ActorType type, Slots slots, Instant until, int limit) {
    return slots.isEmpty()
        ? List.of()
        : select(
            "SELECT %s FROM %s WHERE system = ?"
                    .formatted(rows.alarmColumns(dialect), rows.reminder.name())
                + dueInOrder(slots)
                + dialect.firstRows(limit),
            limit,
            rows::alarm,
            own(type),
            Columns.micros(until));
  }

  private static String dueInOrder(Slots slots) {
    return " AND type = ? AND due_at <= ?" + of(slots) + " ORDER BY due_at, name, reminder";
  }

  private static String of(Slots slots) {
    return slots.isAll()
        ? ""
        : Arrays.stream(slots.toArray())
            .mapToObj(Integer::toString)
            .collect(Collectors.joining(", ", " AND slot IN (", ")"));
  }

  @Override
  public Optional<Instant> nextAlarm(ActorType type, Slots slots, Instant after, Instant until) {
    return slots.isEmpty()
        ? Optional.empty()
        : select(
                "SELECT due_at FROM %s WHERE system = ? AND type = ? AND due_at > ? AND due_at <= ?"
                        .formatted(rows.reminder.name())
                    + of(slots)
                    + " ORDER BY due_at"
                    + dialect.firstRows(1),
                1,
                row -> Columns.instant(row.getLong(1)),
                own(type),
                Columns.micros(after),
                Columns.micros(until))
            .stream()
            .findFirst();
  }
}
