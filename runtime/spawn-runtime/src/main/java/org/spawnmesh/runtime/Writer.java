package org.spawnmesh.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.runtime.Chores.Chore;
import org.spawnmesh.store.Change;
import org.spawnmesh.store.Commit;
import org.spawnmesh.store.CommitRefusedException;
import org.spawnmesh.store.Enclosure;
import org.spawnmesh.store.FencedException;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.KeptReply;
import org.spawnmesh.store.OutboxEntry;
import org.spawnmesh.store.OutcomeUnknownException;
import org.spawnmesh.store.StaleRevisionException;
import org.spawnmesh.store.StateStore.Fate;
import org.spawnmesh.store.StoreException;
import org.spawnmesh.store.WriterId;

/**
 * Commits the changes that are handed to it: takes all that waits and makes it durable in one
 * transaction.
 *
 * <pre>
 * Idle ──submit──► Committing ──durable, or surely not──► next batch, or Idle
 *                      └──outcome unknown──► Resolving ──committed, void, fenced──► next batch
 * </pre>
 *
 * <p>An actor stays with a writer until nothing of it is under way there, and a writer has one
 * batch under way: so an actor's batches are committed in order, and the fate of one is settled
 * before the next begins. A batch number is used once: it goes up when a commit happened or was
 * made void.
 *
 * <p>{@link #submit} is thread-safe. {@link #run} is started by whoever raises {@code queued} from
 * 0, and by the timer that resolves; never twice at once. What only it touches is marked.
 */
final class Writer implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Writer.class);

  private static final Duration FIRST_RETRY = Duration.ofMillis(50);
  private static final Duration LAST_RETRY = Duration.ofSeconds(2);

  /** With so many changes, another commit beside this one costs little more than a larger one. */
  private static final int ENOUGH = 64;

  /** A batch stops growing at this size, so that one transaction stays moderate. */
  private static final int BATCH_BYTES = 8 << 20;

  private final Activations activations;
  private final int number;
  private final Releases releases;

  /**
   * What waits; a {@link Chores} in it stands for itself, when there is upkeep and nothing else.
   */
  private final ConcurrentLinkedQueue<Object> queue = new ConcurrentLinkedQueue<>();

  private final AtomicInteger queued = new AtomicInteger();

  /** Set by the node when it joined; taken over before the next batch. */
  private volatile @Nullable Incarnation joined;

  // ---- touched by run only ----

  private Incarnation incarnation = new Incarnation(0);
  private long lastBatch;

  /** Taken from the queue and not committed yet: one batch, or what it was split into. */
  private final Deque<Batch> parts = new ArrayDeque<>();

  /** What {@link #queued} still counts although it left the queue. */
  private int taken;

  private @Nullable Batch unresolved;
  private Duration retryDelay = FIRST_RETRY;

  /** Change sets on their way to the store, what is to be written for each, and upkeep. */
  private record Batch(List<ChangeSet> sets, List<Change> changes, List<Chore> chores) {

    Batch() {
      this(new ArrayList<>(), new ArrayList<>(), List.of());
    }

    Batch with(List<Chore> more) {
      return new Batch(sets, changes, more);
    }

    boolean isEmpty() {
      return sets.isEmpty() && chores.isEmpty();
    }

    void add(ChangeSet set, Change change) {
      sets.add(set);
      changes.add(change);
    }

    Batch slice(int from, int to) {
      return new Batch(
          sets.subList(from, to), changes.subList(from, to), from == 0 ? chores : List.of());
    }

    int size() {
      return sets.size();
    }

    int turns() {
      int turns = 0;
      for (ChangeSet set : sets) {
        turns += set.turns();
      }
      return turns;
    }
  }

  Writer(Activations activations, int number) {
    this.activations = activations;
    this.number = number;
    this.releases = new Releases(activations);
  }

  /** From the next batch on, commit as this incarnation. */
  void join(Incarnation fresh) {
    joined = fresh;
  }

  /** Would the next change be better off with another writer? A hint; any thread. */
  boolean hasEnough() {
    return queued.get() >= Math.min(ENOUGH, activations.settings.batchLimit());
  }

  void submit(ChangeSet set) {
    add(set);
  }

  /** There is upkeep, and perhaps nothing else to commit. */
  void submit(Chores chores) {
    add(chores);
  }

  private void add(Object work) {
    queue.add(work);
    if (queued.getAndIncrement() == 0) {
      activations.commitThreads.execute(this);
    }
  }

  @Override
  public void run() {
    try {
      while (true) {
        if (unresolved != null) {
          if (!resolve(unresolved)) {
            return; // the timer starts the next attempt
          }
        } else if (!parts.isEmpty()) {
          commit(parts.removeFirst());
        } else {
          int done = taken;
          taken = 0;
          int waiting = queued.addAndGet(-done);
          if (waiting == 0) {
            return;
          }
          take(Math.min(waiting, activations.settings.batchLimit()));
        }
      }
    } catch (RuntimeException | Error e) {
      log.error("Writer {} broke; calls that wait for it end at their deadlines", number, e);
      throw e;
    }
  }

  /**
   * Makes a batch of what waits.
   *
   * @param limit at most what waited when this began: an actor's next set may be submitted as soon
   *     as this takes the one before, and must not come into the same batch
   */
  private void take(int limit) {
    Incarnation fresh = joined;
    if (fresh != null) {
      joined = null;
      incarnation = fresh;
      lastBatch = 0;
    }
    Batch batch = new Batch();
    Instant now = activations.clock.instant();
    long bytes = 0;
    while (taken < limit && bytes < BATCH_BYTES) {
      Object work = queue.poll();
      if (work == null) {
        break;
      }
      taken++;
      if (!(work instanceof ChangeSet set)) {
        continue;
      }
      Change change = set.activation.take(set, now);
      if (change == null) {
        fail(List.of(set), set.activation.doom(), false);
        continue;
      }
      try {
        bytes += sizeOf(change);
        batch.add(set, change);
      } catch (UnfitStateException e) {
        fail(List.of(set), e.failure, false);
      }
    }
    if (!activations.chores.isEmpty()) {
      batch = batch.with(activations.chores.take());
    }
    if (!batch.isEmpty()) {
      parts.add(batch);
    }
  }

  /** Encodes the state here, so that one that cannot be stored fails alone. */
  private int sizeOf(Change change) throws UnfitStateException {
    int size = change.enclosure().isEmpty() ? 0 : sizeOf(change.enclosure(), change);
    Payload state = change.next().state();
    return state == null ? size : size + sizeOf(state, change);
  }

  private static int sizeOf(Enclosure enclosure, Change change) throws UnfitStateException {
    try {
      int size = 0;
      for (OutboxEntry entry : enclosure.sent()) {
        size += entry.payload().bytes().length;
      }
      for (KeptReply reply : enclosure.replies()) {
        size += reply.answer() instanceof Answer.Ok ok ? ok.payload().bytes().length : 0;
      }
      return size;
    } catch (RuntimeException | Error e) { // an application's class is being encoded
      throw new UnfitStateException(
          Failure.executed(
              FailureCode.REPLY_INVALID,
              "What %s sent or answered cannot be encoded: %s"
                  .formatted(change.next().actor(), e)));
    }
  }

  private int sizeOf(Payload state, Change change) throws UnfitStateException {
    int limit = activations.settings.stateLimit();
    try {
      int size = state.bytes().length;
      if (size > limit) {
        throw new UnfitStateException(Decision.stateTooLarge(change.next().actor(), size, limit));
      }
      return size;
    } catch (RuntimeException | Error e) { // an application's class is being encoded
      throw new UnfitStateException(
          Failure.executed(
              FailureCode.REPLY_INVALID,
              "The new state of %s cannot be encoded: %s".formatted(change.next().actor(), e)));
    }
  }

  private static final class UnfitStateException extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient Failure failure;

    UnfitStateException(Failure failure) {
      this.failure = failure;
    }
  }

  private void commit(Batch batch) {
    long start = activations.now();
    try {
      activations.store.commit(
          new Commit(
              new WriterId(incarnation, number),
              lastBatch + 1,
              batch.changes,
              Chores.upkeep(batch.chores)));
    } catch (OutcomeUnknownException e) {
      log.warn(
          "The outcome of batch {} of writer {} is unknown: {}",
          lastBatch + 1,
          number,
          e.getMessage());
      unresolved = batch;
      return;
    } catch (StaleRevisionException e) {
      if (batch.size() > 1) {
        setApart(batch, e);
      } else {
        failed(
            batch,
            Failure.notExecuted(
                FailureCode.LOST_OWNERSHIP,
                "Somebody else changed %s: %s".formatted(name(batch), e.getMessage())),
            false);
      }
      return;
    } catch (CommitRefusedException e) {
      if (batch.size() > 1) {
        halve(batch);
      } else {
        failed(
            batch,
            Failure.notExecuted(
                FailureCode.COMMIT_REFUSED,
                "The store cannot hold the new state of %s: %s"
                    .formatted(name(batch), e.getMessage())),
            false);
      }
      return;
    } catch (FencedException e) {
      failed(batch, activations.fenced(incarnation, e.getMessage()), false);
      return;
    } catch (StoreException e) {
      failed(batch, unavailable(e.getMessage()), true);
      return;
    } catch (RuntimeException | Error e) {
      // a store that breaks its contract: nothing is known, so nothing may be assumed
      log.error("The store failed in an undeclared way during batch {}", lastBatch + 1, e);
      unresolved = batch;
      return;
    }
    durable(batch, activations.now() - start);
  }

  /** Those that others changed must not drag the rest of the batch along. */
  private void setApart(Batch batch, StaleRevisionException e) {
    Batch stale = new Batch();
    Batch rest = new Batch().with(batch.chores);
    for (int i = 0; i < batch.size(); i++) {
      Change change = batch.changes.get(i);
      (e.actors().contains(change.next().actor()) ? stale : rest).add(batch.sets.get(i), change);
    }
    if (stale.size() == 0 || rest.size() == 0) {
      halve(batch);
    } else {
      parts.addFirst(rest);
      for (int i = 0; i < stale.size(); i++) {
        parts.addLast(stale.slice(i, i + 1));
      }
    }
  }

  private void halve(Batch batch) {
    int middle = batch.size() / 2;
    parts.addFirst(batch.slice(middle, batch.size()));
    parts.addFirst(batch.slice(0, middle));
  }

  /**
   * Finds out what became of a batch; tries again later if the store cannot tell now.
   *
   * @return true if it is settled
   */
  private boolean resolve(Batch batch) {
    long number64 = lastBatch + 1;
    Fate fate;
    try {
      fate = activations.store.resolve(new WriterId(incarnation, number), number64);
    } catch (IllegalArgumentException e) {
      // it was restored, or failed over to a replica that lagged behind: asking again cannot help,
      // and what this node has in memory may be newer than what is stored
      log.error("The store has lost commits that it had acknowledged: {}", e.getMessage());
      settled();
      Failure lost = activations.fenced(incarnation, "the store is not at its last commit");
      failed(
          batch,
          new Failure(lost.code(), lost.message(), Execution.UNKNOWN, lost.retryAfter()),
          false);
      return true;
    } catch (RuntimeException | Error e) {
      log.warn(
          "Batch {} of writer {} is not resolved; next attempt in {} ms: {}",
          number64,
          number,
          retryDelay.toMillis(),
          e.getMessage());
      activations.timers.schedule(retryDelay, () -> activations.commitThreads.execute(this));
      Duration doubled = retryDelay.multipliedBy(2);
      retryDelay = doubled.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : doubled;
      return false;
    }
    log.info("Batch {} of writer {} is resolved: {}", number64, number, fate);
    settled();
    switch (fate) {
      case COMMITTED -> durable(batch, 0);
      case VOID -> {
        lastBatch = number64;
        failed(
            batch, unavailable("the connection broke during a commit that never happened"), true);
      }
      case FENCED ->
          failed(batch, activations.fenced(incarnation, "fenced during a commit"), false);
    }
    return true;
  }

  private void settled() {
    unresolved = null;
    retryDelay = FIRST_RETRY;
  }

  private void durable(Batch batch, long nanos) {
    lastBatch++;
    if (batch.size() > 0) {
      activations.listener.committed(batch.size(), batch.turns(), nanos);
      releases.settled(batch.sets);
    }
    if (!batch.chores.isEmpty()) {
      releases.done(batch.chores, null);
    }
  }

  private void failed(Batch batch, Failure failure, boolean again) {
    if (batch.size() > 0) {
      activations.listener.commitFailed(batch.size(), failure);
    }
    fail(batch.sets, failure, again);
    if (batch.sets.isEmpty() && failure.code() == FailureCode.COMMIT_REFUSED) {
      releases.done(batch.chores, failure);
    } else {
      activations.chores.putBack(batch.chores);
    }
  }

  private void fail(List<ChangeSet> sets, Failure failure, boolean again) {
    for (ChangeSet set : sets) {
      // before the next batch is taken, so that nothing built on these changes is in it
      Departure departures = set.activation.fail(set, failure, again);
      releases.failed(set.activation, departures, failure);
    }
  }

  private Failure unavailable(@Nullable String why) {
    return Failure.notExecuted(
            FailureCode.STORE_UNAVAILABLE, "The change could not be made durable: " + why)
        .retryAfter(activations.settings.retryAfter());
  }

  private static String name(Batch batch) {
    return batch.changes.isEmpty() ? "upkeep" : batch.changes.getFirst().next().actor().toString();
  }
}
