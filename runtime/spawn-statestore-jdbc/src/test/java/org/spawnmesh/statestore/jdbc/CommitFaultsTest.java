package org.spawnmesh.statestore.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.store.Cause;
import org.spawnmesh.store.Change;
import org.spawnmesh.store.Commit;
import org.spawnmesh.store.FencedException;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.OutcomeUnknownException;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.StateStore.Fate;
import org.spawnmesh.store.StoreUnavailableException;
import org.spawnmesh.store.View;
import org.spawnmesh.store.WriterId;

/** What is known after a connection broke, or fell silent, at each step of a commit or a view. */
class CommitFaultsTest {

  enum Database {
    SQLITE,
    H2,
    POSTGRESQL,
    MARIADB;

    private StorePool create() {
      return switch (this) {
        case SQLITE -> Databases.sqlite(Databases.folder());
        case H2 -> Databases.h2InMemory();
        case POSTGRESQL -> Databases.postgres();
        case MARIADB -> Databases.mariaDb();
      };
    }

    /** Can a second transaction begin while one is open? */
    boolean isConcurrent() {
      return this != SQLITE;
    }

    /** Does the database end a transaction whose client fell silent (R18)? */
    boolean endsSilentTransactions() {
      return this == POSTGRESQL || this == MARIADB;
    }
  }

  private static final Map<Database, StorePool> databases = new EnumMap<>(Database.class);

  private static final long PATIENCE_SECONDS = 30;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final String system = "faults-" + UUID.randomUUID();
  private final ActorId alice = ActorId.of(system, "Counter", "alice");

  private BreakableDataSource breakable;
  private JdbcStateStore store;
  private JdbcStateStore elsewhere;
  private WriterId writer;

  private void start(Database database) {
    StorePool shared = databases.computeIfAbsent(database, Database::create);
    breakable = new BreakableDataSource(shared);
    store = JdbcStateStore.builder(breakable).system(system).build();
    elsewhere = JdbcStateStore.builder(shared).system(system).build();
    Incarnation incarnation = store.ledger().register("node:1", 1);
    store.ledger().raise(store.ledger().view(), Set.of(incarnation));
    writer = new WriterId(incarnation, 0);
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
    if (elsewhere != null) {
      elsewhere.close();
    }
  }

  private Commit commit(long batch, long expected, String state) {
    Snapshot next =
        new Snapshot(
            alice,
            expected + 1,
            Payload.of("text", state.getBytes(StandardCharsets.UTF_8)),
            Map.of());
    Cause cause = new Cause("add", null, null, Instant.EPOCH);
    return new Commit(writer, batch, List.of(new Change(next, expected, cause, 3)));
  }

  private String stored() {
    return elsewhere
        .load(alice)
        .map(s -> new String(s.state().bytes(), StandardCharsets.UTF_8) + "@" + s.revision())
        .orElse("nothing");
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  @ParameterizedTest
  @EnumSource
  void aCommitThatNeverArrivedIsUnknownAndThenVoid(Database database) {
    start(database);
    breakable.breakBeforeCommit();

    assertThatExceptionOfType(OutcomeUnknownException.class)
        .isThrownBy(() -> store.commit(commit(1, 0, "lost")));

    assertThat(store.resolve(writer, 1)).isEqualTo(Fate.VOID);
    assertThat(stored()).isEqualTo("nothing");
    store.commit(commit(2, 0, "again"));
    assertThat(stored()).isEqualTo("again@1");
  }

  @ParameterizedTest
  @EnumSource
  void aCommitWhoseAnswerWasLostIsUnknownAndThenCommitted(Database database) {
    start(database);
    breakable.breakAfterCommit();

    assertThatExceptionOfType(OutcomeUnknownException.class)
        .isThrownBy(() -> store.commit(commit(1, 0, "there")));

    assertThat(store.resolve(writer, 1)).isEqualTo(Fate.COMMITTED);
    assertThat(stored()).isEqualTo("there@1");
    store.commit(commit(2, 1, "next"));
    assertThat(stored()).isEqualTo("next@2");
  }

  /** F18: the resolution committed, its answer was lost; asking again must not say COMMITTED. */
  @ParameterizedTest
  @EnumSource
  void aResolutionWhoseAnswerWasLostIsAskedAgain(Database database) {
    start(database);
    breakable.breakBeforeCommit();
    assertThatExceptionOfType(OutcomeUnknownException.class)
        .isThrownBy(() -> store.commit(commit(1, 0, "lost")));
    breakable.breakAfterCommit();

    assertThatExceptionOfType(StoreUnavailableException.class)
        .isThrownBy(() -> store.resolve(writer, 1));

    assertThat(store.resolve(writer, 1)).isEqualTo(Fate.VOID);
    assertThat(stored()).isEqualTo("nothing");
  }

  @ParameterizedTest
  @EnumSource
  void aConnectionThatBreaksBeforeTheCommitSurelyDidNothing(Database database) {
    start(database);
    for (String step : List.of("UPDATE spawn_writer", "INSERT INTO spawn_history")) {
      breakable.breakBefore(step);
      assertThatExceptionOfType(StoreUnavailableException.class)
          .isThrownBy(() -> store.commit(commit(1, 0, "lost")));
      assertThat(stored()).isEqualTo("nothing");
    }
    store.commit(commit(1, 0, "same number"));
    assertThat(stored()).isEqualTo("same number@1");
    assertThat(store.history(alice, 5)).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void aDatabaseThatIsAwayIsUnavailableAndWorksWhenItIsBack(Database database) {
    start(database);
    breakable.goAway();

    assertThatExceptionOfType(StoreUnavailableException.class).isThrownBy(() -> store.load(alice));
    assertThatExceptionOfType(StoreUnavailableException.class)
        .isThrownBy(() -> store.commit(commit(1, 0, "x")));
    assertThatExceptionOfType(StoreUnavailableException.class)
        .isThrownBy(() -> store.resolve(writer, 1));
    assertThatExceptionOfType(StoreUnavailableException.class)
        .isThrownBy(() -> store.ledger().view());
    assertThatExceptionOfType(StoreUnavailableException.class)
        .isThrownBy(() -> JdbcStateStore.builder(breakable).system(system).build());

    breakable.heal();
    store.commit(commit(1, 0, "x"));
    assertThat(stored()).isEqualTo("x@1");
  }

  @ParameterizedTest
  @EnumSource
  void aViewWhoseAnswerWasLostIsFoundInItsRow(Database database) {
    start(database);
    Incarnation next = store.ledger().register("node:2", 1);
    breakable.breakAfterCommit();

    View raised = store.ledger().raise(store.ledger().view(), Set.of(next));

    assertThat(raised).isEqualTo(new View(2, Set.of(next)));
    assertThat(elsewhere.ledger().view()).isEqualTo(raised);
  }

  @ParameterizedTest
  @EnumSource
  void aViewThatNeverArrivedIsUnknownAndCanBeRaisedAgain(Database database) {
    start(database);
    Incarnation next = store.ledger().register("node:2", 1);
    View from = store.ledger().view();
    breakable.breakBeforeCommit();

    assertThatExceptionOfType(OutcomeUnknownException.class)
        .isThrownBy(() -> store.ledger().raise(from, Set.of(next)));

    assertThat(store.ledger().raise(from, Set.of(next))).isEqualTo(new View(2, Set.of(next)));
  }

  /** Holds the next COMMIT up, before the database hears of it, until it is told to go on. */
  private final class Hold implements BreakableDataSource.Trap {

    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);

    Hold() {
      breakable.set(this);
    }

    @Override
    public void before(String operation, Connection real) throws SQLException {
      if (operation.equals("COMMIT")) {
        breakable.heal();
        reached.countDown();
        try {
          goOn.await();
        } catch (InterruptedException e) {
          throw new SQLException(e);
        }
      }
    }

    void awaitReached() throws InterruptedException {
      assertThat(reached.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    void release() {
      goOn.countDown();
    }
  }

  private static void assertWaits(Future<?> future) {
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(() -> future.get(300, TimeUnit.MILLISECONDS));
  }

  /** F2: the fence waits for a commit of the fenced node that is under way, and then sees it. */
  @ParameterizedTest
  @EnumSource
  void aFenceWaitsForTheCommitItOvertakes(Database database) throws Exception {
    start(database);
    Incarnation next = elsewhere.ledger().register("node:2", 1);
    View from = elsewhere.ledger().view();
    Hold hold = new Hold();
    Future<?> commit = threads.submit(() -> store.commit(commit(1, 0, "in flight")));
    hold.awaitReached();

    Future<View> raise = threads.submit(() -> elsewhere.ledger().raise(from, Set.of(next)));
    assertWaits(raise);
    assertThat(stored()).isEqualTo("nothing");
    hold.release();

    await(commit);
    assertThat(await(raise).number()).isEqualTo(2);
    assertThat(stored()).isEqualTo("in flight@1");
    assertThatExceptionOfType(FencedException.class)
        .isThrownBy(() -> store.commit(commit(2, 1, "too late")));
  }

  /** The database checks the condition again after the wait: a fenced writer finds no row. */
  @ParameterizedTest
  @EnumSource
  void aCommitThatWaitedForItsFenceIsFenced(Database database) throws Exception {
    start(database);
    Incarnation next = store.ledger().register("node:2", 1);
    View from = store.ledger().view();
    Hold hold = new Hold();
    Future<View> raise = threads.submit(() -> store.ledger().raise(from, Set.of(next)));
    hold.awaitReached();

    Future<?> commit = threads.submit(() -> elsewhere.commit(commit(1, 0, "stale owner")));
    assertWaits(commit);
    hold.release();

    await(raise);
    assertThat(commit)
        .failsWithin(java.time.Duration.ofSeconds(PATIENCE_SECONDS))
        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
        .withCauseInstanceOf(FencedException.class);
    assertThat(stored()).isEqualTo("nothing");
    assertThat(elsewhere.resolve(writer, 1)).isEqualTo(Fate.FENCED);
  }

  /** F4: the resolver meets the zombie's lock, and waits instead of guessing. */
  @ParameterizedTest
  @EnumSource
  void aResolutionWaitsForTheCommitItAsksAbout(Database database) throws Exception {
    start(database);
    Hold hold = new Hold();
    Future<?> commit = threads.submit(() -> store.commit(commit(1, 0, "slow")));
    hold.awaitReached();

    Future<Fate> fate = threads.submit(() -> elsewhere.resolve(writer, 1));
    assertWaits(fate);
    hold.release();

    await(commit);
    assertThat(await(fate)).isEqualTo(Fate.COMMITTED);
  }

  /** F11: a process that is stopped in the middle of a commit does not hold up the mesh. */
  @ParameterizedTest
  @EnumSource
  void aSilentCommitIsEndedByTheDatabase(Database database) throws Exception {
    assumeTrue(database.endsSilentTransactions(), "no such limit in this database");
    start(database);
    Incarnation next = elsewhere.ledger().register("node:2", 1);
    Hold hold = new Hold();
    Future<?> commit = threads.submit(() -> store.commit(commit(1, 0, "stopped")));
    hold.awaitReached();

    View raised = raisePatiently(next);

    assertThat(raised.members()).containsExactly(next);
    hold.release();
    assertThat(commit)
        .failsWithin(java.time.Duration.ofSeconds(PATIENCE_SECONDS))
        .withThrowableOfType(java.util.concurrent.ExecutionException.class)
        .withCauseInstanceOf(OutcomeUnknownException.class);
    assertThat(store.resolve(writer, 1)).isEqualTo(Fate.FENCED);
    assertThat(stored()).isEqualTo("nothing");
  }

  private View raisePatiently(Incarnation member) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      try {
        return elsewhere.ledger().raise(elsewhere.ledger().view(), Set.of(member));
      } catch (StoreUnavailableException e) {
        // A leader waits a second for a lock, then tries again.
        assertThat(System.nanoTime()).isLessThan(end);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aStandaloneLockWhoseSessionEndedIsNotHeld(Database database) throws Exception {
    assumeTrue(database.isConcurrent(), "the lock is a file of its own");
    start(database);
    Connection[] session = new Connection[1];
    breakable.set(
        new BreakableDataSource.Trap() {
          @Override
          public void before(String operation, Connection real) {
            session[0] = real;
          }
        });
    try (var lock = store.ledger().lockStandalone(java.time.Duration.ZERO)) {
      breakable.heal();
      assertThat(lock.isHeld()).isTrue();

      BreakableDataSource.sever(session[0]);

      assertThat(lock.isHeld()).isFalse();
      elsewhere.ledger().lockStandalone(java.time.Duration.ofSeconds(5)).close();
    }
  }
}
