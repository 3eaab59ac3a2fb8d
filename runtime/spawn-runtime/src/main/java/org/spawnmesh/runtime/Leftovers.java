package org.spawnmesh.runtime;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.cluster.Gate;
import org.spawnmesh.store.StoreException;
import org.spawnmesh.time.Timers.Timer;

/**
 * Looks for what is in the store and nobody delivers: leftovers of a crash, and of actors that have
 * moved here. When a gate opens, and now and again. Thread-safe; only {@link #look} blocks, on
 * {@code turns}.
 */
final class Leftovers {

  private static final Logger log = LoggerFactory.getLogger(Leftovers.class);

  private static final int SENDERS_AT_ONCE = 500;
  private static final int FORGOTTEN_AT_ONCE = 1_000;

  private static final Duration PAUSE = Duration.ofSeconds(10);

  /** Kept replies live for a day at least; nobody minds a little more. */
  private static final Duration FORGET = Duration.ofMinutes(10);

  private final Deliveries deliveries;
  private final Activations activations;

  /** Gates whose actors have nothing in the store that is not in memory too. */
  private final Set<Gate> swept = ConcurrentHashMap.newKeySet();

  /** Gates that have opened, and whose leftovers were not looked for yet. */
  private final Set<Gate> opened = ConcurrentHashMap.newKeySet();

  /** How often this node did not know what is its own. */
  private final AtomicInteger doubts = new AtomicInteger();

  private final AtomicBoolean looking = new AtomicBoolean();
  private final AtomicBoolean again = new AtomicBoolean();
  private volatile @Nullable Timer next;
  private volatile boolean running;
  private long lastForgotten;

  Leftovers(Deliveries deliveries, Activations activations) {
    this.deliveries = deliveries;
    this.activations = activations;
  }

  void start() {
    running = true;
    lastForgotten = activations.now();
  }

  void stop() {
    running = false;
    Timer timer = next;
    if (timer != null) {
      timer.cancel();
    }
  }

  /** There may be some behind this gate. */
  void opened(Gate gate) {
    opened.add(gate);
    lookNow();
  }

  /** May there be older ones than what an actor behind this gate sends now? */
  boolean mayBeBehind(Gate gate) {
    return !swept.contains(gate);
  }

  /** What was looked for may be somebody else's by now. */
  void forgetAll() {
    swept.clear();
  }

  /** What is forgotten now may be this node's all the same: it has to be looked for again. */
  void doubt() {
    doubts.incrementAndGet();
    opened.addAll(swept);
    swept.clear();
  }

  void lookNow() {
    if (running) {
      again.set(true);
      if (looking.compareAndSet(false, true)) {
        activations.turns.execute(this::look);
      }
    }
  }

  /** Looks through the senders in the store; by {@link #looking} never twice at once. */
  private void look() {
    try {
      while (running && again.getAndSet(false)) {
        swept.removeIf(gate -> !gate.isOpen());
        opened.removeIf(gate -> !gate.isOpen());
        List<Gate> fresh = List.copyOf(opened);
        int before = doubts.get();
        for (HostedType type : activations.types()) {
          if (type.definition().kind() != Kind.POOLED) {
            look(type);
          }
        }
        if (doubts.get() == before) {
          swept.addAll(fresh);
          fresh.forEach(opened::remove);
        }
        forgetReplies();
      }
    } catch (StoreException e) {
      log.debug("The outbox cannot be looked through now: {}", e.getMessage());
    } finally {
      looking.set(false);
    }
    if (again.get()) {
      lookNow();
    } else if (running) {
      Timer timer = next;
      if (timer != null) {
        timer.cancel();
      }
      next = activations.timers.schedule(PAUSE, this::lookNow);
    }
  }

  private void look(HostedType type) {
    String after = "";
    while (running) {
      List<ActorId> page =
          activations.store.agenda().senders(type.definition().type(), after, SENDERS_AT_ONCE);
      page.forEach(deliveries::lookUnlessKnown);
      if (page.size() < SENDERS_AT_ONCE) {
        return;
      }
      after = page.getLast().name();
    }
  }

  /**
   * Not before the node has run for a while: what was sent before a long downtime must find the
   * replies that say it was applied.
   */
  private void forgetReplies() {
    if (activations.now() - lastForgotten < FORGET.toNanos()) {
      return;
    }
    lastForgotten = activations.now();
    while (running
        && activations.store.agenda().forget(activations.clock.instant(), FORGOTTEN_AT_ONCE)
            == FORGOTTEN_AT_ONCE) {
      log.debug("{} kept replies are forgotten", FORGOTTEN_AT_ONCE);
    }
  }
}
