package org.spawnmesh.statestore.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.runtime.NodeStatus;
import org.spawnmesh.store.StoreUnavailableException;

/**
 * What goes wrong with a database, on a real server that is stopped and started again: each time
 * the error has its code, nothing is lost, and the actor works again when the cause is gone.
 */
class BadInputOnPostgresTest {

  private static final AtomicInteger numbers = new AtomicInteger();
  private static FailingPostgres server;

  private final String system = "bad" + numbers.incrementAndGet();

  @BeforeAll
  static void startServer() throws Exception {
    server = new FailingPostgres();
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  @AfterEach
  void startServerAgain() throws Exception {
    if (!server.isRunning()) {
      server.startAgain();
    }
  }

  private JdbcStateStore.Builder store() {
    return JdbcStateStore.builder(server.pool(2)).system(system).tablePrefix(system + "_");
  }

  private CountingNode node() {
    return new CountingNode(store().build(), system);
  }

  /** Leaves an actor behind that has counted to 5. */
  private void countTo5() {
    try (CountingNode node = node().start()) {
      for (int i = 0; i < 5; i++) {
        node.add("a");
      }
    }
  }

  private static void assertNotExecuted(Failure failure, FailureCode code) {
    assertThat(failure.code()).as("%s", failure).isEqualTo(code);
    assertThat(failure.execution()).isEqualTo(Execution.NOT_EXECUTED);
  }

  private static void assertRefused(ThrowingCallable start, FailureCode code) {
    assertThatExceptionOfType(SpawnException.class)
        .isThrownBy(start)
        .withMessageContaining(code.id())
        .satisfies(e -> assertThat(e.code()).isEqualTo(code));
  }

  private static Connection connect() throws SQLException {
    StorePool pool = server.pool(1);
    return DriverManager.getConnection(pool.url(), pool.username(), pool.password());
  }

  private void sql(String statement) throws SQLException {
    try (Connection connection = connect();
        var change = connection.createStatement()) {
      change.execute(statement.replace("$", system + "_"));
    }
  }

  private String read(String query) throws SQLException {
    try (Connection connection = connect();
        var select = connection.createStatement();
        var rows = select.executeQuery(query.replace("$", system + "_"))) {
      rows.next();
      return rows.getString(1);
    }
  }

  @Test
  void aDatabaseThatIsAwayWhenTheStoreIsOpened() throws Exception {
    countTo5();
    server.stopImmediately();
    assertThatExceptionOfType(StoreUnavailableException.class)
        .isThrownBy(() -> store().build())
        .withMessageContaining("cannot be reached");
    server.startAgain();
    try (CountingNode node = node().start()) {
      assertThat(node.addAgainAndAgain("a")).isEqualTo(6);
    }
  }

  @Test
  void aDatabaseThatIsAwayAtStart() throws Exception {
    countTo5();
    try (CountingNode node = node()) {
      server.stopImmediately();
      assertRefused(node::start, FailureCode.STORE_UNAVAILABLE);
      assertThat(node.node.status()).isEqualTo(NodeStatus.NEW);
      assertNotExecuted(node.failure("a"), FailureCode.NODE_UNAVAILABLE);
      server.startAgain();
      startAgainAndAgain(node);
      assertThat(node.addAgainAndAgain("a")).isEqualTo(6);
    }
  }

  /** As {@link CountingNode#addAgainAndAgain}. */
  private static void startAgainAndAgain(CountingNode node) {
    for (int i = 0; ; i++) {
      try {
        node.start();
        return;
      } catch (SpawnException e) {
        assertThat(e.code()).isEqualTo(FailureCode.STORE_UNAVAILABLE);
        assertThat(i).isLessThan(20);
      }
    }
  }

  @Test
  void aDatabaseThatIsAwayAtLoad() throws Exception {
    countTo5();
    try (CountingNode node = node().start()) {
      server.stopImmediately();
      assertNotExecuted(node.failure("a"), FailureCode.STORE_UNAVAILABLE);
      server.startAgain();
      assertThat(node.addAgainAndAgain("a")).isEqualTo(6);
      assertJoinsAgainAndWorks(node, 7);
    }
  }

  /** The session that held the standalone lock ended with the server. */
  private static void assertJoinsAgainAndWorks(CountingNode node, long next) {
    node.timers.advance(Duration.ofSeconds(2));
    node.retryUntil(() -> node.node.inspect().activation(node.actor("a")).isEmpty());
    node.retryUntil(() -> node.node.status() == NodeStatus.ACCEPTING);
    assertThat(node.add("a")).isEqualTo(next);
  }

  @Test
  void aDatabaseThatIsAwayAtACommit() throws Exception {
    countTo5();
    try (CountingNode node = node().start()) {
      CountingNode.answer(node.send("a", "read")).orThrow();
      server.stopImmediately();
      assertNotExecuted(node.failure("a"), FailureCode.STORE_UNAVAILABLE);
      server.startAgain();
      assertThat(node.addAgainAndAgain("a")).isEqualTo(6);
    }
  }

  /** Stops the server when the next COMMIT is on its way. */
  private static final class StopAtCommit implements BreakableDataSource.Trap {

    private final boolean before;
    private boolean done;

    StopAtCommit(boolean before) {
      this.before = before;
    }

    @Override
    public void before(String operation, Connection real) {
      if (before) {
        stop(operation);
      }
    }

    @Override
    public void after(String operation, Connection real) throws SQLException {
      if (!before && stop(operation)) {
        throw new SQLException("the answer was lost", "08006");
      }
    }

    private boolean stop(String operation) {
      boolean now = operation.equals("COMMIT") && !done;
      if (now) {
        done = true;
        server.stopImmediately();
      }
      return now;
    }
  }

  private CompletableFuture<Answer> addWhileTheServerStops(
      CountingNode node, BreakableDataSource connections, boolean before) throws Exception {
    CountingNode.answer(node.send("a", "read")).orThrow();
    connections.set(new StopAtCommit(before));
    CompletableFuture<Answer> call = node.send("a", "add");
    CountingNode.await(() -> !server.isRunning());
    // as long as nobody knows, nobody is told
    assertThat(call).isNotDone();
    server.startAgain();
    node.retryUntil(call::isDone);
    return call;
  }

  @Test
  void aDatabaseThatGoesAwayBeforeItHasCommitted() throws Exception {
    countTo5();
    BreakableDataSource connections = new BreakableDataSource(server.pool(2));
    try (CountingNode node = new CountingNode(onConnections(connections), system).start()) {
      var call = addWhileTheServerStops(node, connections, true);
      assertNotExecuted(CountingNode.failure(call), FailureCode.STORE_UNAVAILABLE);
      assertThat(node.add("a")).isEqualTo(6);
    }
  }

  @Test
  void aDatabaseThatGoesAwayAfterItHasCommitted() throws Exception {
    countTo5();
    BreakableDataSource connections = new BreakableDataSource(server.pool(2));
    try (CountingNode node = new CountingNode(onConnections(connections), system).start()) {
      var call = addWhileTheServerStops(node, connections, false);
      assertThat(CountingNode.number(CountingNode.answer(call).orThrow())).isEqualTo(6);
      assertThat(node.add("a")).isEqualTo(7);
    }
  }

  private JdbcStateStore onConnections(BreakableDataSource connections) {
    return JdbcStateStore.builder(connections).system(system).tablePrefix(system + "_").build();
  }

  @Test
  void aStateThatDoesNotDecode() throws Exception {
    countTo5();
    try (CountingNode node = node().start()) {
      sql("UPDATE $snapshot SET tags = '{\"cut' WHERE name = 'a'");
      assertNotExecuted(node.failure("a"), FailureCode.STATE_UNREADABLE);
      assertThat(node.add("b")).isEqualTo(1);
      assertThat(read("SELECT revision || ' ' || tags FROM $snapshot WHERE name = 'a'"))
          .isEqualTo("5 {\"cut");

      sql("UPDATE $snapshot SET tags = NULL WHERE name = 'a'");
      assertNotExecuted(node.failure("a"), FailureCode.STATE_UNREADABLE); // until it is released
      assertThat(node.node.repair().release(node.actor("a"))).isTrue();
      assertThat(node.add("a")).isEqualTo(6);
    }
  }

  private static KeyRing ring(int fill) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) fill);
    return KeyRing.of("key", Base64.getEncoder().encodeToString(key));
  }

  @Test
  void aWrongEncryptionKey() {
    try (CountingNode node =
        new CountingNode(store().encryption(ring(1)).build(), system).start()) {
      assertThat(node.add("a")).isEqualTo(1);
    }
    for (KeyRing wrong : Arrays.asList(ring(2), null)) {
      assertRefused(() -> store().encryption(wrong).build(), FailureCode.WRONG_ENCRYPTION_KEY);
    }
    try (CountingNode node =
        new CountingNode(store().encryption(ring(1)).build(), system).start()) {
      assertThat(node.add("a")).isEqualTo(2);
    }
  }

  @Test
  void aDatabaseOfANewerSchema() throws Exception {
    countTo5();
    sql(
        "INSERT INTO $schema_history (installed_rank, version, description, type, script, checksum,"
            + " installed_by, execution_time, success)"
            + " VALUES (99, '99', 'later', 'SQL', 'V99__later.sql', 1, 'x', 1, TRUE)");
    assertRefused(() -> store().build(), FailureCode.STORE_SCHEMA_NEWER);
    assertThat(read("SELECT revision FROM $snapshot WHERE name = 'a'")).isEqualTo("5");

    sql("DELETE FROM $schema_history WHERE installed_rank = 99");
    try (CountingNode node = node().start()) {
      assertThat(node.add("a")).isEqualTo(6);
    }
  }
}
