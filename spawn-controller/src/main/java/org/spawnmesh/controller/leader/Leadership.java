package org.spawnmesh.controller.leader;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's part in the election by a Lease, term after term. Thread-safe.
 *
 * <p>When a term ends, {@link #isLeading()} is false at once, so that nothing is written any more;
 * the term's work is closed after that. Two leaders at a time, which no lease can exclude, do no
 * harm: both apply the same objects.
 */
public final class Leadership implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Leadership.class);

  private final KubernetesClient client;
  private final LeaseName lease;
  private final Timing timing;
  private final String identity;
  private final Function<Term, AutoCloseable> work;

  private final ExecutorService election =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().name("election-", 0).factory());

  /** One thread, so that a term is closed before the next one begins. */
  private final ScheduledExecutorService terms =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("term-", 0).factory());

  private final ExecutorService elector =
      Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("elector-", 0).factory());

  private final AtomicInteger elections = new AtomicInteger();
  private volatile boolean leading;
  private volatile boolean closed;
  private volatile @Nullable CompletableFuture<?> candidacy;
  private @Nullable AutoCloseable term;

  /** Where the lease is. */
  public record LeaseName(String namespace, String name) {}

  /**
   * How long a leader may be silent before another takes over, how long it tries to renew before it
   * gives up, and how often.
   */
  public record Timing(Duration lease, Duration renewDeadline, Duration retryPeriod) {}

  /** What the work of a term is told, and tells. Thread-safe. */
  public interface Term {

    /** Whether it may still write. */
    boolean isLeading();

    /** The work cannot go on, and shall be begun anew. */
    void broken();
  }

  /**
   * @param identity of this process, unlike all others
   * @param work begins the work of a term; closing it ends it
   */
  public Leadership(
      KubernetesClient client,
      LeaseName lease,
      Timing timing,
      String identity,
      Function<Term, AutoCloseable> work) {
    this.client = client;
    this.lease = lease;
    this.timing = timing;
    this.identity = identity;
    this.work = work;
  }

  public void start() {
    election.execute(this::elect);
  }

  public boolean isLeading() {
    return leading;
  }

  /** Ends the term's work and begins it anew, if this process leads: its settings have changed. */
  public void beginAnew() {
    if (terms.isShutdown()) {
      return;
    }
    terms.execute(
        () -> {
          if (leading) {
            endTerm();
            beginTerm();
          }
        });
  }

  private void elect() {
    while (!closed) {
      CompletableFuture<?> now =
          new LeaderElector(client, config(elections.incrementAndGet()), elector).start();
      candidacy = now;
      if (closed) {
        now.cancel(true);
      }
      try {
        now.join();
      } catch (RuntimeException e) {
        if (!closed) {
          log.debug("The election begins anew", e);
        }
      }
      ended();
    }
  }

  private LeaderElectionConfig config(int number) {
    return new LeaderElectionConfig(
        new LeaseLock(lease.namespace(), lease.name(), identity),
        timing.lease(),
        timing.renewDeadline(),
        timing.retryPeriod(),
        new LeaderCallbacks(() -> lead(number), () -> follow(number), this::tell),
        true,
        lease.name());
  }

  private void lead(int number) {
    if (number != elections.get()) {
      return;
    }
    leading = true;
    log.info("{} leads", identity);
    terms.execute(this::beginTerm);
  }

  /** The end of an election may be told after the next one was won: then it is known already. */
  private void follow(int number) {
    if (number == elections.get()) {
      ended();
    }
  }

  private void ended() {
    if (leading) {
      leading = false;
      log.info("{} does not lead any more", identity);
    }
    if (!terms.isShutdown()) {
      terms.execute(this::endTerm);
    }
  }

  private void tell(String leader) {
    log.info("The leader is {}", leader);
  }

  private void beginTerm() {
    if (term == null && leading && !closed) {
      try {
        term = work.apply(new Now());
      } catch (RuntimeException e) {
        log.error("The controllers do not start, and are started again: {}", rootMessage(e));
        terms.schedule(this::beginTerm, timing.retryPeriod().toMillis(), TimeUnit.MILLISECONDS);
      }
    }
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.toString();
  }

  private final class Now implements Term {

    private final AtomicBoolean over = new AtomicBoolean();

    @Override
    public boolean isLeading() {
      return leading;
    }

    @Override
    public void broken() {
      if (over.compareAndSet(false, true)) {
        beginAnew();
      }
    }
  }

  private void endTerm() {
    AutoCloseable ended = term;
    term = null;
    if (ended != null) {
      try {
        ended.close();
      } catch (Exception e) {
        log.warn("The controllers did not stop cleanly", e);
      }
    }
  }

  /** Gives the lease back, so that another can lead at once; returns when the work has ended. */
  @Override
  public void close() {
    closed = true;
    leading = false;
    terms.execute(this::endTerm);
    terms.shutdown();
    try {
      terms.awaitTermination(timing.lease().toMillis(), TimeUnit.MILLISECONDS);
      CompletableFuture<?> now = candidacy;
      if (now != null) {
        now.cancel(true);
      }
      election.shutdown();
      elector.shutdown();
      election.awaitTermination(timing.renewDeadline().toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
