package org.spawnmesh.statestore.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.cluster.Standalone;
import org.spawnmesh.runtime.NodeSettings;
import org.spawnmesh.runtime.SpawnNode;

/**
 * A database that goes away and returns, under a node whose callers never stop: a real server, the
 * real pool, real time. It costs errors, and never a wrong answer.
 */
class DatabaseAwayIT {

  enum Absence {
    /** Long enough that every connection is given up, and that the node loses its lock. */
    HANGS(30) {
      @Override
      void begin(FailingPostgres server) {
        server.freeze();
      }

      @Override
      void end(FailingPostgres server) {
        server.thaw();
      }
    },
    /** Shorter than a connection is trusted: what was sent before is carried out afterwards. */
    HANGS_FOR_A_MOMENT(4) {
      @Override
      void begin(FailingPostgres server) {
        server.freeze();
      }

      @Override
      void end(FailingPostgres server) {
        server.thaw();
      }
    },
    IS_STOPPED(8) {
      @Override
      void begin(FailingPostgres server) {
        server.stopImmediately();
      }

      @Override
      void end(FailingPostgres server) throws Exception {
        server.startAgain();
      }
    },
    /** The server ends every session and recovers by itself. */
    LOSES_A_PROCESS(0) {
      @Override
      void begin(FailingPostgres server) {
        server.killASession("spawn");
      }

      @Override
      void end(FailingPostgres server) {
        server.awaitAnswers();
      }
    };

    private final int seconds;

    Absence(int seconds) {
      this.seconds = seconds;
    }

    abstract void begin(FailingPostgres server) throws Exception;

    abstract void end(FailingPostgres server) throws Exception;
  }

  private static final String SYSTEM = "away";
  private static final ActorType COUNTER = new ActorType(SYSTEM, "Counter");
  private static final String ADD = "add";
  private static final String READ = "read";

  /** Called all the time, so they are in memory when the database goes. */
  private static final int BUSY = 20;

  /** Called now and then: they sleep in between, and must be loaded. */
  private static final int RARE = 200;

  private static final int CALLERS = 24;
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  /** What a busy machine may add to a deadline. */
  private static final Duration GRACE = Duration.ofSeconds(3);

  private static final long PATIENCE_SECONDS = 120;

  @ParameterizedTest
  @EnumSource
  void itCostsErrorsNeverWrongAnswers(Absence absence) throws Exception {
    try (FailingPostgres server = new FailingPostgres();
        JdbcStateStore store = JdbcStateStore.builder(server.pool(2)).system(SYSTEM).build();
        SpawnNode node = node(store);
        Callers callers = new Callers(node)) {
      node.start();
      callers.start();
      callers.awaitAnAnswerOfEachActor();

      absence.begin(server);
      callers.goOnFor(absence.seconds);
      absence.end(server);

      callers.awaitAnAnswerOfEachActor();
      callers.stop();
      callers.check();
      assertThat(callers.failures()).as("failures of callers: a fault").isNotEmpty();
      node.close();
      for (Known known : callers.known()) {
        long stored = CountingNode.number(store.load(known.actor).orElseThrow().state());
        assertThat(stored).as("stored for %s", known.actor).isEqualTo(known.shown());
      }
    }
  }

  private static SpawnNode node(JdbcStateStore store) {
    SpawnNode node =
        SpawnNode.builder(store)
            .cluster(new Standalone("node", Duration.ofSeconds(10)))
            .settings(
                NodeSettings.DEFAULTS
                    .withTimeout(TIMEOUT)
                    .withIdleTimeout(Duration.ofMillis(400))
                    .withWriters(2))
            .build();
    node.register(CountingNode.definition(COUNTER), CountingNode::count);
    return node;
  }

  /**
   * What the callers of one actor were told together. A number that was answered to an {@code add}
   * is an acknowledged change, so they are all different, and the last one is their count and that
   * of those in doubt that took effect.
   */
  private static final class Known {

    final ActorId actor;
    private final Set<Long> added = ConcurrentHashMap.newKeySet();
    private final AtomicLong shown = new AtomicLong();
    private final AtomicLong inDoubt = new AtomicLong();

    Known(ActorId actor) {
      this.actor = actor;
    }

    /** The greatest number that anybody has seen: whoever asks from now on sees no smaller one. */
    long shown() {
      return shown.get();
    }

    /** True if the answer can be right. */
    boolean accept(boolean read, long value, long shownBefore) {
      shown.accumulateAndGet(value, Math::max);
      return read ? value >= shownBefore : value > shownBefore && added.add(value);
    }

    void doubt() {
      inDoubt.incrementAndGet();
    }
  }

  /** Each sends its next call when it has heard of the last, a moment later if that failed. */
  private static final class Callers implements AutoCloseable {

    private final SpawnNode node;
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2);
    private final List<Known> known = new ArrayList<>();
    private final Map<FailureCode, AtomicLong> failures = new EnumMap<>(FailureCode.class);
    private final ConcurrentLinkedQueue<String> wrong = new ConcurrentLinkedQueue<>();
    private final CountDownLatch stopped = new CountDownLatch(CALLERS);
    private volatile boolean stopping;

    /** The actors of whom an answer is awaited. */
    private volatile Set<ActorId> silent = ConcurrentHashMap.newKeySet();

    Callers(SpawnNode node) {
      this.node = node;
      for (int i = 0; i < BUSY + RARE; i++) {
        known.add(new Known(new ActorId(COUNTER, "c" + i)));
      }
      for (FailureCode code : FailureCode.values()) {
        failures.put(code, new AtomicLong());
      }
    }

    void start() {
      for (int i = 0; i < CALLERS; i++) {
        Random random = new Random(i);
        threads.execute(() -> call(random));
      }
    }

    private void call(Random random) {
      if (stopping) {
        stopped.countDown();
        return;
      }
      Known actor =
          known.get(random.nextInt(10) == 0 ? BUSY + random.nextInt(RARE) : random.nextInt(BUSY));
      boolean read = random.nextInt(4) == 0;
      long shownBefore = actor.shown();
      long start = System.nanoTime();
      node.invoke(Invocation.ask(actor.actor, read ? READ : ADD, Payload.NONE))
          .whenCompleteAsync(
              (answer, impossible) -> {
                Duration took = Duration.ofNanos(System.nanoTime() - start);
                if (took.compareTo(TIMEOUT.plus(GRACE)) > 0) {
                  wrong.add("answered after " + took);
                }
                boolean failed = false;
                switch (answer) {
                  case Answer.Ok ok ->
                      answered(actor, read, CountingNode.number(ok.payload()), shownBefore);
                  case Answer.Failed no -> {
                    failed = true;
                    failed(actor, read, no.failure());
                  }
                }
                threads.schedule(() -> call(random), failed ? 20 : 0, TimeUnit.MILLISECONDS);
              },
              threads);
    }

    private void answered(Known actor, boolean read, long value, long shownBefore) {
      if (!actor.accept(read, value, shownBefore)) {
        wrong.add(
            "%s answered %d to %s when %d was known"
                .formatted(actor.actor, value, read ? READ : ADD, shownBefore));
      }
      silent.remove(actor.actor);
    }

    private void failed(Known actor, boolean read, Failure failure) {
      failures.get(failure.code()).incrementAndGet();
      switch (failure.execution()) {
        case NOT_EXECUTED -> {}
        case UNKNOWN -> {
          if (!read) {
            actor.doubt();
          }
        }
        case EXECUTED -> wrong.add("executed, and failed: " + failure);
      }
    }

    void goOnFor(int seconds) throws Exception {
      threads.schedule(() -> {}, seconds, TimeUnit.SECONDS).get();
    }

    /** Every actor works: each is asked by somebody and answers. */
    void awaitAnAnswerOfEachActor() throws Exception {
      Set<ActorId> awaited = ConcurrentHashMap.newKeySet();
      known.forEach(actor -> awaited.add(actor.actor));
      silent = awaited;
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (!awaited.isEmpty()) {
        assertThat(System.nanoTime())
            .as("no answer of %s; failures: %s; node %s", awaited, failures(), node.status())
            .isLessThan(end);
        goOnFor(1);
      }
    }

    void stop() throws InterruptedException {
      stopping = true;
      assertThat(stopped.await(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .as("every call is answered")
          .isTrue();
    }

    Map<FailureCode, AtomicLong> failures() {
      Map<FailureCode, AtomicLong> seen = new EnumMap<>(failures);
      seen.values().removeIf(count -> count.get() == 0);
      return seen;
    }

    List<Known> known() {
      return known;
    }

    void check() throws Exception {
      assertThat(wrong).isEmpty();
      assertThat(failures().keySet())
          .isSubsetOf(
              FailureCode.STORE_UNAVAILABLE,
              FailureCode.LOST_OWNERSHIP,
              FailureCode.NODE_UNAVAILABLE,
              FailureCode.DEADLINE_PASSED);
      for (Known actor : known) {
        Answer answer =
            node.invoke(Invocation.ask(actor.actor, READ, Payload.NONE))
                .toCompletableFuture()
                .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        long last = CountingNode.number(answer.orThrow());
        assertThat(last).as("%s at the end", actor.actor).isGreaterThanOrEqualTo(actor.shown());
        actor.accept(true, last, 0);
        assertThat(last)
            .as("changes of %s; %d calls are in doubt", actor.actor, actor.inDoubt.get())
            .isBetween((long) actor.added.size(), actor.added.size() + actor.inDoubt.get());
      }
    }

    @Override
    public void close() {
      stopping = true;
      threads.shutdownNow();
    }
  }
}
