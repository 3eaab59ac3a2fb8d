package org.spawnmesh.proxy.host;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.proxy.host.Reach.Down;
import org.spawnmesh.proxy.host.Reach.Probing;

/**
 * Keeps what is known about the {@link Reach} of one host, and probes it while it is not up. Says
 * every change once in the log. Thread-safe.
 */
final class Liveness implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Liveness.class);

  private static final Duration FIRST_PROBE = Duration.ofMillis(20);

  /** A host that is down and that nobody asks for may be gone for good: it is probed no more. */
  private static final Duration FORGOTTEN = Duration.ofMinutes(10);

  private final HostAddress address;
  private final Probe probe;
  private final Duration patience;
  private final Duration takeover;
  private final Duration interval;
  private final Hosts.Watcher watcher;
  private final LongSupplier nanoTime;
  private final RandomGenerator random;
  private final ThreadFactory threads;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  /** Written with the lock held. */
  private volatile Reach reach = Reach.UP;

  private boolean probing;
  private boolean closed;
  private long lastAsked;

  /**
   * @param patience after how long a host that is away counts as down
   * @param takeover the same, if somebody else runs what it runs
   */
  Liveness(
      HostAddress address,
      Probe probe,
      Duration patience,
      Duration takeover,
      Duration interval,
      Hosts.Watcher watcher,
      LongSupplier nanoTime,
      RandomGenerator random,
      ThreadFactory threads) {
    this.address = address;
    this.probe = probe;
    this.patience = patience;
    this.takeover = takeover;
    this.interval = interval;
    this.watcher = watcher;
    this.nanoTime = nanoTime;
    this.random = random;
    this.threads = threads;
  }

  Reach reach() {
    return reach;
  }

  /**
   * Waits while the host is probed, until {@code deadline} at the latest. Blocks then.
   *
   * @return {@link Probing} only if the time is over
   */
  Reach await(long deadline) throws InterruptedException {
    if (reach == Reach.UP) {
      return Reach.UP;
    }
    lock.lock();
    try {
      lastAsked = nanoTime.getAsLong();
      probeIfNobodyDoes();
      long left;
      while (reach instanceof Probing && !closed && (left = deadline - nanoTime.getAsLong()) > 0) {
        changed.awaitNanos(left);
      }
      return reach;
    } finally {
      lock.unlock();
    }
  }

  /** The host could not be connected to. */
  void failed(String why) {
    lock.lock();
    try {
      move(reach.failed(nanoTime.getAsLong(), why, patience().toNanos()));
      probeIfNobodyDoes();
    } finally {
      lock.unlock();
    }
  }

  private Duration patience() {
    return takeover.compareTo(patience) < 0 && watcher.isReplaceable(address) ? takeover : patience;
  }

  /** Connects, and knows more then. Blocks. */
  Reach look() {
    try {
      probe.connect();
      reached();
    } catch (IOException | RuntimeException e) {
      failed(Causes.words(e));
    }
    return reach;
  }

  private void reached() {
    lock.lock();
    try {
      move(Reach.UP);
    } finally {
      lock.unlock();
    }
  }

  private void move(Reach next) {
    Reach before = reach;
    if (next == before) {
      return;
    }
    reach = next;
    changed.signalAll();
    switch (next) {
      case Reach.Up up -> {
        log.info("Host {} is up again after {}", address, away(before));
        watcher.changed(address);
      }
      case Probing lost -> log.warn("Host {} is lost, its calls wait: {}", address, lost.why());
      case Down down -> {
        log.error(
            "Host {} is down, away for {}; its calls are refused until it is back: {}",
            address,
            away(down),
            down.why());
        watcher.changed(address);
      }
    }
  }

  private Duration away(Reach since) {
    long began =
        switch (since) {
          case Reach.Up up -> nanoTime.getAsLong();
          case Probing lost -> lost.since();
          case Down down -> down.since();
        };
    return Duration.ofMillis((nanoTime.getAsLong() - began) / 1_000_000);
  }

  private void probeIfNobodyDoes() {
    if (!probing && !closed && reach != Reach.UP) {
      probing = true;
      lastAsked = nanoTime.getAsLong();
      threads.newThread(this::probe).start();
    }
  }

  private void probe() {
    Backoff backoff = new Backoff(FIRST_PROBE, interval, random);
    while (pause(backoff.nextNanos())) {
      try {
        probe.connect();
        reached();
      } catch (IOException | RuntimeException e) { // nobody else would look again
        failed(Causes.words(e));
      }
    }
  }

  /** False if there is nothing left to find out; whoever needs it then starts anew. */
  private boolean pause(long nanos) {
    lock.lock();
    try {
      long left = nanos;
      while (left > 0 && !closed && reach != Reach.UP) {
        left = changed.awaitNanos(left);
      }
      probing = !closed && reach != Reach.UP && !isForgotten();
      return probing;
    } catch (InterruptedException e) {
      probing = false;
      return false;
    } finally {
      lock.unlock();
    }
  }

  private boolean isForgotten() {
    return reach instanceof Down
        && nanoTime.getAsLong() - lastAsked > FORGOTTEN.toNanos()
        && !watcher.isReplaceable(address); // nobody asks for it, because others are asked
  }

  /** Ends the probing; who waits is told at once. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
