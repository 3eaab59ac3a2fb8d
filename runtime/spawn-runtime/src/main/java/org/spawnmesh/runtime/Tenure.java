package org.spawnmesh.runtime;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.LocalNode;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Ledger;
import org.spawnmesh.time.Timers;
import org.spawnmesh.time.Timers.Timer;

/**
 * This node's place among the members of the mesh: takes it, watches it, takes it again. The
 * cluster is asked by one thread at a time. Thread-safe; everything here may block.
 */
final class Tenure {

  private static final Logger log = LoggerFactory.getLogger(Tenure.class);

  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration LAST_RETRY = Duration.ofSeconds(10);

  private final Cluster cluster;
  private final Ledger ledger;
  private final int writers;
  private final Timers timers;
  private final Executor threads;
  private final RandomGenerator random;

  /** Held while the cluster is asked. */
  private final ReentrantLock lock = new ReentrantLock();

  private volatile @Nullable Incarnation incarnation;
  private volatile Timer check = () -> {};
  private volatile boolean unwatched;

  Tenure(
      Cluster cluster,
      Ledger ledger,
      int writers,
      Timers timers,
      Executor threads,
      RandomGenerator random) {
    this.cluster = cluster;
    this.ledger = ledger;
    this.writers = writers;
    this.timers = timers;
    this.threads = threads;
    this.random = random;
  }

  /** Who this node is now, or was last; null before the first {@link #join}. */
  @Nullable Incarnation incarnation() {
    return incarnation;
  }

  /**
   * Becomes a member as a new incarnation.
   *
   * @return fails as {@link Cluster#join} does
   */
  CompletionStage<Incarnation> join(LocalNode node) {
    lock.lock();
    try {
      return cluster
          .join(ledger, writers, node)
          .thenApply(
              joined -> {
                incarnation = joined;
                return joined;
              });
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    } finally {
      lock.unlock();
    }
  }

  /** Joins until it succeeds, with growing pauses, as long as it is {@code wanted}. */
  void retry(BooleanSupplier wanted, LocalNode node, Consumer<Incarnation> joined) {
    threads.execute(() -> attempt(wanted, node, joined, FIRST_RETRY));
  }

  private void attempt(
      BooleanSupplier wanted, LocalNode node, Consumer<Incarnation> joined, Duration pause) {
    if (!wanted.getAsBoolean()) {
      return;
    }
    join(node)
        .thenAccept(joined)
        .exceptionally(
            e -> {
              Throwable cause = e.getCause();
              again(
                  wanted,
                  node,
                  joined,
                  pause,
                  e instanceof CompletionException && cause != null ? cause : e);
              return null;
            });
  }

  private void again(
      BooleanSupplier wanted,
      LocalNode node,
      Consumer<Incarnation> joined,
      Duration pause,
      Throwable e) {
    Duration twice = pause.multipliedBy(2);
    Duration next = twice.compareTo(LAST_RETRY) < 0 ? twice : LAST_RETRY;
    long jittered = random.nextLong(pause.toMillis() / 2, pause.toMillis() + 1);
    log.warn("Cannot join again yet, next attempt in {} ms: {}", jittered, e.getMessage());
    timers.schedule(
        Duration.ofMillis(jittered),
        () -> threads.execute(() -> attempt(wanted, node, joined, next)));
  }

  void leave() {
    lock.lock();
    try {
      cluster.leave();
    } catch (RuntimeException e) {
      log.warn("Could not leave in good order; the next node fences this one: {}", e.getMessage());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Looks from time to time whether this node is still a member, and says so if not; never after
   * {@link #unwatch}, which may come first.
   */
  void watch(Runnable lost) {
    if (unwatched) {
      return;
    }
    check =
        timers.schedule(
            cluster.checkInterval(),
            () ->
                threads.execute(
                    () -> {
                      if (!unwatched && !isMember()) {
                        lost.run();
                      }
                      watch(lost);
                    }));
  }

  void unwatch() {
    unwatched = true; // first, so that a check that runs now is the last
    check.cancel();
  }

  private boolean isMember() {
    lock.lock();
    try {
      return cluster.isJoined();
    } catch (RuntimeException e) {
      log.debug("Membership cannot be checked now; commits check it anyway: {}", e.getMessage());
      return true;
    } finally {
      lock.unlock();
    }
  }
}
