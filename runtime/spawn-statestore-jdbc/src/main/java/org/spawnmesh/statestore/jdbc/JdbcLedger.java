package org.spawnmesh.statestore.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Ledger;
import org.spawnmesh.store.OutcomeUnknownException;
import org.spawnmesh.store.StateStore.Fate;
import org.spawnmesh.store.StoreLockedException;
import org.spawnmesh.store.StoreUnavailableException;
import org.spawnmesh.store.View;
import org.spawnmesh.store.ViewConflictException;
import org.spawnmesh.store.WriterId;

/**
 * The ledger in three tables: {@code view} has a row for each system, {@code node} one for each
 * life of a node, {@code writer} one for each of its writers, with the node's state in it, so that
 * a commit asks one row.
 *
 * <p>Locks are taken in this order: view row, writer rows ascending. A commit takes its own writer
 * row, then snapshots. Neither goes back, so they cannot wait for each other in a circle.
 */
final class JdbcLedger implements Ledger {

  /** A node that registered and never became a member by then will not (R3). */
  private static final Duration REGISTRATION = Duration.ofMinutes(10);

  /** How long the rows of a fenced node are kept for those that still resolve. */
  private static final Duration RETENTION = Duration.ofDays(7);

  private static final View NO_VIEW = new View(0, Set.of());

  private static final Duration LOCK_RETRY = Duration.ofMillis(200);

  private final Transactions transactions;
  private final Dialect dialect;
  private final String system;

  private final String tryNumber;
  private final String insertNode;
  private final String insertWriter;
  private final String raise;
  private final String promote;
  private final String members;
  private final String fence;
  private final List<String> sweep;
  private final String isMember;
  private final String spend;
  private final String fate;
  private final String viewQuery;
  private final String membersQuery;
  private final String numberQuery;
  private final String insertView;

  JdbcLedger(Transactions transactions, Dialect dialect, Tables tables, String system) {
    this.transactions = transactions;
    this.dialect = dialect;
    this.system = system;
    String view = tables.view();
    String node = tables.node();
    String writer = tables.writer();
    insertView =
        "INSERT INTO " + view + " (system, number, members, last_incarnation) VALUES (?, 0, '', 0)";
    viewQuery = "SELECT number, members, details FROM " + view + " WHERE system = ?";
    membersQuery = "SELECT number, members FROM " + view + " WHERE system = ?";
    numberQuery = "SELECT last_incarnation FROM " + view + " WHERE system = ?";
    tryNumber =
        "UPDATE "
            + view
            + " SET last_incarnation = last_incarnation + 1 WHERE system = ? AND last_incarnation = ?";
    insertNode =
        "INSERT INTO %s (system, incarnation, name, registered_at) VALUES (?, ?, ?, %s)"
            .formatted(node, dialect.epochMillis());
    insertWriter =
        "INSERT INTO %s (system, incarnation, writer, state, batch, void) VALUES (?, ?, ?, %d, 0, %s)"
            .formatted(writer, Dialect.REGISTERED, dialect.literal(false));
    raise =
        "UPDATE "
            + view
            + " SET number = ?, members = ?, details = ? WHERE system = ? AND number = ?";
    promote =
        "UPDATE %s SET state = %d WHERE system = ? AND incarnation = ? AND state = %d"
            .formatted(writer, Dialect.MEMBER, Dialect.REGISTERED);
    members =
        "SELECT DISTINCT incarnation FROM %s WHERE system = ? AND state = %d"
            .formatted(writer, Dialect.MEMBER);
    fence =
        "UPDATE %s SET state = %d WHERE system = ? AND incarnation = ?"
            .formatted(writer, Dialect.FENCED);
    String now = dialect.epochMillis();
    String old =
        "(SELECT incarnation FROM %s WHERE system = ? AND fenced_at < %s - %d)"
            .formatted(node, now, RETENTION.toMillis());
    sweep =
        List.of(
            "UPDATE %s SET state = %d WHERE system = ? AND state = %d AND incarnation IN (SELECT incarnation FROM %s WHERE system = ? AND registered_at < %s - %d)"
                .formatted(
                    writer, Dialect.FENCED, Dialect.REGISTERED, node, now, REGISTRATION.toMillis()),
            "UPDATE %s SET fenced_at = %s WHERE system = ? AND fenced_at IS NULL AND incarnation IN (SELECT incarnation FROM %s WHERE system = ? AND state = %d)"
                .formatted(node, now, writer, Dialect.FENCED),
            "DELETE FROM %s WHERE system = ? AND incarnation IN %s".formatted(writer, old),
            "DELETE FROM %s WHERE system = ? AND fenced_at < %s - %d AND incarnation NOT IN (SELECT incarnation FROM %s WHERE system = ?)"
                .formatted(node, now, RETENTION.toMillis(), writer));
    isMember =
        "SELECT COUNT(*) FROM %s WHERE system = ? AND incarnation = ? AND state = %d"
            .formatted(writer, Dialect.MEMBER);
    spend =
        "UPDATE %s SET batch = ?, void = %s WHERE system = ? AND incarnation = ? AND writer = ? AND state <> %d AND batch = ?"
            .formatted(writer, dialect.literal(true), Dialect.FENCED);
    fate =
        "SELECT state, batch, void FROM "
            + writer
            + " WHERE system = ? AND incarnation = ? AND writer = ?";
  }

  /** Makes sure that this system has its row; whoever loses the race finds it there. */
  void create() {
    transactions.run(
        connection -> {
          if (query(connection, viewQuery, JdbcLedger::view).isPresent()) {
            return;
          }
          try {
            update(connection, insertView);
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

  @Override
  public Incarnation register(String node, int writers) {
    if (writers < 1) {
      throw new IllegalArgumentException("A node needs a writer, not " + writers);
    }
    long incarnation = nextIncarnation();
    transactions.writeAll(
        connection -> {
          try (PreparedStatement insert = connection.prepareStatement(insertNode)) {
            insert.setString(1, system);
            insert.setLong(2, incarnation);
            insert.setString(3, node);
            insert.executeUpdate();
          }
          try (PreparedStatement insert = connection.prepareStatement(insertWriter)) {
            for (int writer = 0; writer < writers; writer++) {
              insert.setString(1, system);
              insert.setLong(2, incarnation);
              insert.setInt(3, writer);
              insert.addBatch();
            }
            insert.executeBatch();
          }
        });
    return new Incarnation(incarnation);
  }

  /** Takes a number in a transaction of its own: who fails later leaves a gap, never a lock. */
  private long nextIncarnation() {
    while (true) {
      long last =
          transactions.read(
              connection -> required(query(connection, numberQuery, rows -> rows.getLong(1))));
      int taken = transactions.write(connection -> update(connection, tryNumber, last));
      if (taken == 1) {
        return last + 1;
      }
    }
  }

  @Override
  public View view() {
    return transactions
        .read(connection -> query(connection, viewQuery, JdbcLedger::view))
        .orElse(NO_VIEW);
  }

  @Override
  public View view(View known) {
    View now =
        transactions
            .read(connection -> query(connection, membersQuery, row -> view(row, "")))
            .orElse(NO_VIEW);
    return now.isSameAs(known) ? known : view();
  }

  private static View view(ResultSet row) throws SQLException {
    String details = row.getString(3); // null if no view was raised since the column was added
    return view(row, details == null ? "" : details);
  }

  private static View view(ResultSet row, String details) throws SQLException {
    String members = row.getString(2);
    return new View(
        row.getLong(1),
        members.isEmpty()
            ? Set.of()
            : List.of(members.split(",")).stream()
                .map(number -> new Incarnation(Long.parseLong(number)))
                .collect(Collectors.toSet()),
        details);
  }

  @Override
  public View raise(View from, Set<Incarnation> proposed, String details) {
    View next = new View(from.number() + 1, proposed, details);
    try {
      transactions.writeAll(
          connection -> {
            dialect.limitLockWait(connection);
            raise(connection, next);
          });
      return next;
    } catch (OutcomeUnknownException e) {
      // The row tells who is a member, whoever wrote it.
      View now = view();
      if (now.equals(next)) {
        return next;
      }
      if (now.number() > from.number()) {
        throw raisedMeanwhile(now, from.number());
      }
      throw e;
    }
  }

  private void raise(Connection connection, View next) throws SQLException {
    SortedSet<Long> list = new TreeSet<>();
    next.members().forEach(member -> list.add(member.number()));
    // First, so that everything below sees what the previous view committed.
    try (PreparedStatement update = connection.prepareStatement(raise)) {
      update.setLong(1, next.number());
      update.setString(2, list.stream().map(String::valueOf).collect(Collectors.joining(",")));
      update.setString(3, next.details());
      update.setString(4, system);
      update.setLong(5, next.number() - 1);
      if (update.executeUpdate() != 1) {
        throw raisedMeanwhile(
            query(connection, viewQuery, JdbcLedger::view).orElse(NO_VIEW), next.number() - 1);
      }
    }
    forEach(connection, promote, list);
    SortedSet<Long> promoted = new TreeSet<>();
    try (PreparedStatement select = connection.prepareStatement(members)) {
      select.setString(1, system);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          promoted.add(rows.getLong(1));
        }
      }
    }
    for (Long member : list) {
      if (!promoted.remove(member)) {
        throw ViewConflictException.unfit(new Incarnation(member));
      }
    }
    // Each waits for the commits of that node that are under way.
    forEach(connection, fence, promoted);
    for (String statement : sweep) {
      try (PreparedStatement update = connection.prepareStatement(statement)) {
        update.setString(1, system);
        update.setString(2, system);
        update.executeUpdate();
      }
    }
  }

  private void forEach(Connection connection, String sql, SortedSet<Long> incarnations)
      throws SQLException {
    if (incarnations.isEmpty()) {
      return;
    }
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      for (Long incarnation : incarnations) {
        update.setString(1, system);
        update.setLong(2, incarnation);
        update.addBatch();
      }
      update.executeBatch();
    }
  }

  private static ViewConflictException raisedMeanwhile(View now, long from) {
    return ViewConflictException.raisedMeanwhile(now.number(), from);
  }

  @Override
  public boolean isMember(Incarnation incarnation) {
    return transactions.read(
        connection ->
            required(
                query(connection, isMember, rows -> rows.getLong(1) > 0, incarnation.number())));
  }

  /**
   * Uses the batch number up if nobody has, and says who did (R16). Reading alone could not tell: a
   * commit that is still under way may land after it was read.
   */
  Fate resolve(WriterId writer, long batch) {
    try {
      return transactions.write(
          connection -> {
            dialect.limitLockWait(connection);
            try (PreparedStatement update = connection.prepareStatement(spend)) {
              update.setLong(1, batch);
              update.setString(2, system);
              update.setLong(3, writer.incarnation().number());
              update.setInt(4, writer.number());
              update.setLong(5, batch - 1);
              update.executeUpdate();
            }
            Optional<WriterRow> stored = writerRow(connection, writer);
            if (stored.isEmpty()) {
              return Fate.FENCED;
            }
            WriterRow row = stored.get();
            if (row.batch == batch) {
              return row.isVoid ? Fate.VOID : Fate.COMMITTED;
            }
            if (row.batch == batch - 1 && row.state == Dialect.FENCED) {
              return Fate.FENCED;
            }
            throw new IllegalArgumentException(
                "Writer %s is at batch %d, so the fate of %d cannot be open"
                    .formatted(writer, row.batch, batch));
          });
    } catch (OutcomeUnknownException e) {
      throw new StoreUnavailableException(
          "The answer about batch %d of writer %s was lost; asking again is safe"
              .formatted(batch, writer),
          e);
    }
  }

  /** Why a commit found no row to advance, in words. */
  String whyFenced(WriterId writer, long batch) {
    Optional<WriterRow> stored = transactions.read(connection -> writerRow(connection, writer));
    if (stored.isEmpty()) {
      return "Writer %d of node %s is not known to the database"
          .formatted(writer.number(), writer.incarnation());
    }
    WriterRow row = stored.get();
    if (row.state != Dialect.MEMBER) {
      return "Node %s is %s, so it may not commit"
          .formatted(
              writer.incarnation(),
              row.state == Dialect.FENCED ? "fenced" : "registered, and no member yet");
    }
    return "Writer %d of node %s is at batch %d, so %d is not its next"
        .formatted(writer.number(), writer.incarnation(), row.batch, batch);
  }

  private record WriterRow(int state, long batch, boolean isVoid) {}

  private Optional<WriterRow> writerRow(Connection connection, WriterId writer)
      throws SQLException {
    return query(
        connection,
        fate,
        rows -> new WriterRow(rows.getInt(1), rows.getLong(2), rows.getBoolean(3)),
        writer.incarnation().number(),
        writer.number());
  }

  @Override
  public StandaloneLock lockStandalone(Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      SessionLock lock = tryLock();
      if (lock != null) {
        return lock;
      }
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new StoreLockedException(
            "Another standalone node of actor system '%s' runs on this %s database"
                .formatted(system, dialect.name()));
      }
      pause(Math.min(left, LOCK_RETRY.toNanos()));
    }
  }

  private static void pause(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("Interrupted while waiting for the standalone lock", e);
    }
  }

  private @Nullable SessionLock tryLock() {
    Connection connection = transactions.connect();
    boolean kept = false;
    try {
      SessionLock lock = dialect.tryLock(connection, system);
      kept = lock != null;
      return lock;
    } catch (SQLException e) {
      throw new StoreUnavailableException(
          "%s could not be asked for the standalone lock: %s"
              .formatted(dialect.name(), Dialect.words(e)),
          e);
    } finally {
      if (!kept) {
        Dialect.close(connection);
      }
    }
  }

  private interface RowReader<T> {
    T read(ResultSet row) throws SQLException;
  }

  /** The first row; parameters are the system and then {@code numbers}. */
  private <T> Optional<T> query(
      Connection connection, String sql, RowReader<T> reader, long... numbers) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      bind(select, numbers);
      try (ResultSet rows = select.executeQuery()) {
        return rows.next() ? Optional.of(reader.read(rows)) : Optional.empty();
      }
    }
  }

  private int update(Connection connection, String sql, long... numbers) throws SQLException {
    try (PreparedStatement update = connection.prepareStatement(sql)) {
      bind(update, numbers);
      return update.executeUpdate();
    }
  }

  private void bind(PreparedStatement statement, long... numbers) throws SQLException {
    statement.setString(1, system);
    for (int i = 0; i < numbers.length; i++) {
      statement.setLong(i + 2, numbers[i]);
    }
  }

  private static <T> T required(Optional<T> value) throws SQLException {
    return value.orElseThrow(
        () -> new SQLException("The row of this actor system is gone from the view table"));
  }
}
