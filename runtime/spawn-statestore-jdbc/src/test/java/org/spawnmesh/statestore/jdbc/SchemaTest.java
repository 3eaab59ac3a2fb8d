package org.spawnmesh.statestore.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.store.Cause;
import org.spawnmesh.store.Change;
import org.spawnmesh.store.Commit;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Ledger;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.StaleRevisionException;
import org.spawnmesh.store.StateStore;
import org.spawnmesh.store.StoreUnavailableException;
import org.spawnmesh.store.UnreadableStateException;
import org.spawnmesh.store.View;
import org.spawnmesh.store.ViewConflictException;
import org.spawnmesh.store.WriterId;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.support.TransactionTemplate;

/** How the store starts on a database, and what it does not touch there. */
class SchemaTest {

  static Stream<Named<Supplier<StorePool>>> databases() {
    return Stream.of(
        Named.of("SQLite", () -> Databases.sqlite(Databases.folder())),
        Named.of("H2", Databases::h2InMemory),
        Named.of("PostgreSQL", Databases::postgres),
        Named.of("MariaDB", Databases::mariaDb));
  }

  @Test
  void migrationsAreOneLineOfOursAndFlywaysLogIsLeftAsItWas() {
    var flyway = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger("org.flywaydb");
    var ours = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(JdbcStateStore.class);
    var lines = new ListAppender<ILoggingEvent>();
    lines.start();
    StorePool database = Databases.sqlite(Databases.folder());
    List.of(flyway, ours)
        .forEach(
            logger -> {
              logger.setLevel(Level.INFO);
              logger.addAppender(lines);
            });
    try {
      open(database).close();
      assertThat(lines.list)
          .extracting(ILoggingEvent::getFormattedMessage)
          .singleElement()
          .asString()
          .startsWith("The tables spawn_* have version");
      lines.list.clear();

      open(database).close();
      assertThat(lines.list).isEmpty();

      Flyway.configure().dataSource(database.url(), null, null).load().info();
      assertThat(lines.list).isNotEmpty();
    } finally {
      List.of(flyway, ours)
          .forEach(
              logger -> {
                logger.setLevel(null);
                logger.detachAppender(lines);
              });
    }
  }

  private static JdbcStateStore open(StorePool database) {
    return JdbcStateStore.builder(database).system("shop").build();
  }

  private static void sql(StorePool database, String... statements) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static Connection connect(StorePool database) throws SQLException {
    return DriverManager.getConnection(database.url(), database.username(), database.password());
  }

  private static String read(StorePool database, String sql) throws SQLException {
    try (Connection connection = connect(database);
        Statement statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void nodesThatStartTogetherOnAnEmptyDatabaseAllSucceed(Supplier<StorePool> databases)
      throws Exception {
    StorePool database = databases.get();
    CountDownLatch start = new CountDownLatch(1);
    List<Future<JdbcStateStore>> starting = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 3; i++) {
        starting.add(
            threads.submit(
                () -> {
                  start.await();
                  return open(database);
                }));
      }
      start.countDown();
      for (Future<JdbcStateStore> future : starting) {
        try (JdbcStateStore store = future.get(60, TimeUnit.SECONDS)) {
          assertThat(store.ledger().view().number()).isZero();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void anApplicationsTablesStayAsTheyAre(Supplier<StorePool> databases) throws Exception {
    StorePool database = databases.get();
    sql(
        database,
        "CREATE TABLE snapshot (id INTEGER PRIMARY KEY)",
        "INSERT INTO snapshot (id) VALUES (42)",
        "CREATE TABLE flyway_schema_history (note VARCHAR(20))",
        "INSERT INTO flyway_schema_history (note) VALUES ('mine')");

    open(database).close();
    open(database).close();

    assertThat(read(database, "SELECT id FROM snapshot")).isEqualTo("42");
    assertThat(read(database, "SELECT note FROM flyway_schema_history")).isEqualTo("mine");
    assertThat(read(database, "SELECT COUNT(*) FROM spawn_snapshot")).isEqualTo("0");
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aSchemaOfANewerVersionIsRefusedByName(Supplier<StorePool> databases) throws Exception {
    StorePool database = databases.get();
    open(database).close();
    try (Connection connection = connect(database)) {
      String quote = connection.getMetaData().getIdentifierQuoteString();
      String columns =
          Stream.of(
                  "installed_rank",
                  "version",
                  "description",
                  "type",
                  "script",
                  "checksum",
                  "installed_by",
                  "execution_time",
                  "success")
              .map(name -> quote + name + quote)
              .reduce((a, b) -> a + ", " + b)
              .orElseThrow();
      try (Statement statement = connection.createStatement()) {
        boolean number = database.url().contains("sqlite") || database.url().contains("mariadb");
        statement.execute(
            "INSERT INTO %sspawn_schema_history%s (%s) VALUES (99, '7', 'later', 'SQL', 'V7__later.sql', 1, 'x', 1, %s)"
                .formatted(quote, quote, columns, number ? "1" : "TRUE"));
      }
    }

    assertThatExceptionOfType(SpawnException.class)
        .isThrownBy(() -> open(database))
        .withMessageContaining("version 7")
        .withMessageMatching("(?s).*knows [2-6]\\..*")
        .satisfies(e -> assertThat(e.code()).isEqualTo(FailureCode.STORE_SCHEMA_NEWER));
  }

  @ParameterizedTest
  @MethodSource("databases")
  void twoPrefixesAreTwoStores(Supplier<StorePool> databases) {
    StorePool database = databases.get();
    try (JdbcStateStore one = open(database);
        JdbcStateStore two =
            JdbcStateStore.builder(database).system("shop").tablePrefix("mesh2_").build()) {
      save(one, "alice", 1);

      assertThat(one.load(actor("alice"))).isPresent();
      assertThat(two.load(actor("alice"))).isEmpty();
      assertThat(two.ledger().view().number()).isZero();
    }
  }

  /** Somebody cleared the table by hand: what the actor does next is based on nothing. */
  @ParameterizedTest
  @MethodSource("databases")
  void aChangeOfARowThatVanishedIsStale(Supplier<StorePool> databases) throws Exception {
    StorePool database = databases.get();
    try (JdbcStateStore store = open(database)) {
      WriterId writer = save(store, "alice", 1);
      sql(database, "DELETE FROM spawn_snapshot");

      assertThatExceptionOfType(StaleRevisionException.class)
          .isThrownBy(() -> store.commit(new Commit(writer, 2, List.of(change("alice", 1)))))
          .satisfies(e -> assertThat(e.actors()).containsExactly(actor("alice")));
      assertThat(store.load(actor("alice"))).isEmpty();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aRowThatCannotBeReadIsNeverTakenForAnEmptyOne(Supplier<StorePool> databases)
      throws Exception {
    StorePool database = databases.get();
    try (JdbcStateStore store = open(database)) {
      WriterId writer = save(store, "a", 1);
      store.commit(new Commit(writer, 2, List.of(change("b", 0), change("c", 0))));
      sql(
          database,
          "UPDATE spawn_snapshot SET state = NULL WHERE name = 'a'",
          "UPDATE spawn_snapshot SET state_type = NULL WHERE name = 'b'",
          "UPDATE spawn_snapshot SET tags = '{\"cut' WHERE name = 'c'");

      for (String name : List.of("a", "b", "c")) {
        assertThatExceptionOfType(UnreadableStateException.class)
            .isThrownBy(() -> store.load(actor(name)))
            .withMessageContaining("shop:Counter/" + name);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void aViewSweepsUpWhatTheMeshLeftBehind(Supplier<StorePool> databases) throws Exception {
    StorePool database = databases.get();
    try (JdbcStateStore store = open(database)) {
      Ledger ledger = store.ledger();
      Incarnation old = save(store, "alice", 1).incarnation();
      Incarnation never = ledger.register("never joined", 1);
      Incarnation starting = ledger.register("starting", 1);
      Incarnation member = ledger.register("member", 1);
      ledger.raise(ledger.view(), Set.of(member));
      sql(
          database,
          "UPDATE spawn_node SET registered_at = registered_at - 660000 WHERE incarnation = "
              + never.number(),
          "UPDATE spawn_node SET fenced_at = fenced_at - 700000000 WHERE incarnation = "
              + old.number());

      View view = ledger.raise(ledger.view(), Set.of(member));

      assertThatExceptionOfType(ViewConflictException.class)
          .isThrownBy(() -> ledger.raise(view, Set.of(member, never)));
      assertThat(ledger.raise(view, Set.of(member, starting)).number()).isEqualTo(4);
      assertThat(read(database, "SELECT COUNT(*) FROM spawn_node")).isEqualTo("3");
      assertThat(read(database, "SELECT COUNT(*) FROM spawn_writer")).isEqualTo("3");
      assertThat(store.resolve(new WriterId(old, 0), 2)).isEqualTo(StateStore.Fate.FENCED);
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void connectionsWithoutAutoCommitWillDo(Supplier<StorePool> databases) {
    StorePool database = databases.get();
    try (var pool = new HikariDataSource()) {
      pool.setJdbcUrl(database.url());
      pool.setUsername(database.username());
      pool.setAutoCommit(false);
      JdbcStateStore store =
          JdbcStateStore.builder(pool)
              .system("shop")
              .encryption(KeyRing.of("k", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="))
              .build();
      WriterId writer = save(store, "alice", 1);
      store.commit(new Commit(writer, 2, List.of(change("alice", 1))));
      try (var lock = store.ledger().lockStandalone(Duration.ZERO)) {
        assertThat(lock.isHeld()).isTrue();
        assertThat(store.load(actor("alice")).orElseThrow().revision()).isEqualTo(2);
      }
      assertThat(store.reencrypt(10)).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("databases")
  void theDescriptionSaysWhereAndNoSecret(Supplier<StorePool> databases) {
    StorePool database = databases.get();
    StorePool withParameters =
        database.url().startsWith("jdbc:postgresql")
            ? new StorePool(database.url() + "?user=postgres&password=hush", null, null, 1)
            : database;
    try (JdbcStateStore store = open(withParameters)) {
      assertThat(store.describe()).contains("jdbc:").doesNotContain("hush");
      assertThat(store.isVolatile()).isEqualTo(database.url().startsWith("jdbc:h2:mem"));
    }
    assertThat(withParameters.toString()).doesNotContain("hush");
  }

  @Test
  void anUnreachableDatabaseIsFoundOutSoon() {
    long start = System.nanoTime();
    assertThatExceptionOfType(StoreUnavailableException.class)
        .isThrownBy(() -> open(new StorePool("jdbc:postgresql://127.0.0.1:1/x", "x", "", 1)));
    assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start)).isLessThan(10);
  }

  @Test
  void aPrefixThatIsNoIdentifierIsRefused() {
    for (String prefix : List.of("", "Spawn_", "1_", "a;drop table x", "a b", "\"a")) {
      assertThatIllegalArgumentException().isThrownBy(() -> new Tables(prefix));
    }
  }

  @Test
  void anSqliteDatabaseInMemoryIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> open(new StorePool("jdbc:sqlite::memory:", null, null, 1)))
        .withMessageContaining("file");
  }

  @Test
  void anActorOfAnotherSystemIsRefused() {
    try (JdbcStateStore store = open(Databases.h2InMemory())) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> store.load(ActorId.of("elsewhere", "Counter", "a")))
          .withMessageContaining("'shop'");
    }
  }

  @Test
  void theCallersTransactionIsNotJoined() {
    StorePool database = Databases.postgres();
    var plain =
        new DriverManagerDataSource(database.url(), database.username(), database.password());
    JdbcStateStore store =
        JdbcStateStore.builder(new TransactionAwareDataSourceProxy(plain)).system("shop").build();

    new TransactionTemplate(new DataSourceTransactionManager(plain))
        .executeWithoutResult(
            status -> {
              save(store, "alice", 1);
              status.setRollbackOnly();
            });

    assertThat(store.load(actor("alice"))).isPresent();
  }

  @Test
  void aConnectionComesBackAsItWasTaken() throws Exception {
    StorePool database = Databases.postgres();
    try (var pool = new HikariDataSource()) {
      pool.setJdbcUrl(database.url());
      pool.setUsername(database.username());
      pool.setAutoCommit(false);
      JdbcStateStore store = JdbcStateStore.builder(pool).system("shop").build();
      save(store, "alice", 1);
      for (int i = 0; i < 10; i++) {
        try (Connection connection = pool.getConnection();
            Statement statement = connection.createStatement();
            var rows = statement.executeQuery("SHOW idle_in_transaction_session_timeout")) {
          rows.next();
          assertThat(rows.getString(1)).isEqualTo("0");
        }
      }
      assertThat(store.load(actor("alice"))).isPresent();
    }
  }

  private static ActorId actor(String name) {
    return ActorId.of("shop", "Counter", name);
  }

  private static Change change(String name, long expected) {
    return new Change(
        new Snapshot(actor(name), expected + 1, Payload.of("t", new byte[] {1}), Map.of()),
        expected,
        new Cause("add", null, null, Instant.EPOCH),
        0);
  }

  private static WriterId save(JdbcStateStore store, String name, long batch) {
    var incarnation = store.ledger().register("node", 1);
    store.ledger().raise(store.ledger().view(), Set.of(incarnation));
    WriterId writer = new WriterId(incarnation, 0);
    store.commit(new Commit(writer, batch, List.of(change(name, 0))));
    return writer;
  }
}
