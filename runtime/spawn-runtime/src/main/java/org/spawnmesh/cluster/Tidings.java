package org.spawnmesh.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.store.Ledger;
import org.spawnmesh.store.View;
import org.spawnmesh.time.Timers;

/**
 * Reads the view from the store, now and then and whenever there is a hint of a newer one, and
 * keeps what must wait until this node knows that. Confined to the mesh's loop.
 */
final class Tidings {

  private static final Logger log = LoggerFactory.getLogger(Tidings.class);

  private static final Duration POLL = Duration.ofSeconds(1);

  private final Timers timers;
  private final Executor threads;
  private final Serial loop;
  private final int limit;
  private final ObjLongConsumer<View> learned;
  private final Runnable upToDate;

  private final List<Deferred> deferred = new ArrayList<>();
  private @Nullable Ledger ledger;

  /** What the store need not say again. */
  private View known = new View(0, Set.of());

  private boolean fetching;

  /** Somebody knows of a view that came perhaps after the one that is being fetched. */
  private boolean fetchAgain;

  private long fetchedAt;

  /** What must wait until this node knows a view. */
  private record Deferred(long view, Runnable step) {}

  /**
   * @param limit how much may wait for a view
   * @param learned told each view that was read, and when the store was asked
   * @param upToDate run when there is no hint of a newer one than was read last
   */
  Tidings(
      Timers timers,
      Executor threads,
      Serial loop,
      int limit,
      ObjLongConsumer<View> learned,
      Runnable upToDate) {
    this.timers = timers;
    this.threads = threads;
    this.loop = loop;
    this.limit = limit;
    this.learned = learned;
    this.upToDate = upToDate;
  }

  void readFrom(Ledger store) {
    ledger = store;
  }

  /** Nothing is read any more. */
  void end() {
    ledger = null;
  }

  /** This node has heard of a view that was raised. */
  void heard(View raised) {
    if (raised.number() > known.number()) {
      known = raised;
    }
  }

  // ---- reading ----

  void tick() {
    if (!fetching && timers.nanoTime() - fetchedAt >= POLL.toNanos()) {
      fetch();
    }
  }

  /** There is a newer view, which the store may be asked for already. */
  void hint() {
    if (!fetching) {
      fetch();
    }
  }

  /** Reads the view; once more, if it is being read already. */
  void fetch() {
    Ledger store = ledger;
    if (store == null) {
      return;
    }
    if (fetching) {
      fetchAgain = true;
      return;
    }
    fetching = true;
    fetchAgain = false;
    long asked = timers.nanoTime();
    fetchedAt = asked;
    View before = known;
    threads.execute(
        () -> {
          try {
            View view = store.view(before);
            loop.execute(() -> fetched(view, asked));
          } catch (RuntimeException e) {
            log.debug("The view cannot be read now: {}", e.getMessage());
            loop.execute(() -> fetching = false); // the next tick asks again
          }
        });
  }

  private void fetched(View view, long asked) {
    fetching = false;
    known = view;
    learned.accept(view, asked);
    if (fetchAgain) {
      fetch();
    } else {
      upToDate.run();
    }
  }

  // ---- waiting ----

  /**
   * Does {@code step} when a view was read that is not older than {@code view}.
   *
   * @return false if it never will, because too much waits already
   */
  boolean await(long view, Runnable step) {
    if (deferred.size() >= limit) {
      return false;
    }
    deferred.add(new Deferred(view, step));
    fetch();
    return true;
  }

  /** Does what waited for views up to this one. */
  void resume(long view) {
    List<Deferred> waiting = List.copyOf(deferred);
    deferred.clear();
    for (Deferred one : waiting) {
      if (one.view <= view) {
        one.step.run();
      } else {
        deferred.add(one);
      }
    }
  }
}
