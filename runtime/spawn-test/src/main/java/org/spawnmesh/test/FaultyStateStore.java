package org.spawnmesh.test;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.store.Agenda;
import org.spawnmesh.store.Commit;
import org.spawnmesh.store.CommitRefusedException;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Ledger;
import org.spawnmesh.store.OutcomeUnknownException;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.StateStore;
import org.spawnmesh.store.StoreException;
import org.spawnmesh.store.StoreUnavailableException;
import org.spawnmesh.store.UnreadableStateException;
import org.spawnmesh.store.View;
import org.spawnmesh.store.WriterId;

/**
 * A store that fails the way databases do, in front of one that works. The engine sees it as
 * durable whatever is behind it. Thread-safe.
 */
public final class FaultyStateStore implements StateStore {

  /** What happens to a commit. */
  public enum CommitFault {
    /** It surely does not happen. */
    UNAVAILABLE,
    /** The connection breaks before the store got it: it never happens, and nobody knows. */
    LOST_REQUEST,
    /** The connection breaks after it happened. */
    LOST_REPLY,
    /** The connection breaks, and the store carries it out later, when {@link #land} is called. */
    ZOMBIE,
    /** The store can never hold what is in it. */
    REFUSED
  }

  private final StateStore store;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<CommitFault> faults = new ArrayDeque<>();
  private final Deque<CommitFault> raiseFaults = new ArrayDeque<>();
  private final List<Runnable> zombies = new ArrayList<>();
  private boolean away;
  private boolean silent;
  private boolean blind;
  private boolean forgetful;
  private @Nullable ActorId unreadable;
  private @Nullable ActorId unfit;

  public FaultyStateStore(StateStore store) {
    this.store = store;
  }

  /** The next commits meet these faults, in this order. */
  public void failCommits(CommitFault... next) {
    lock.lock();
    try {
      faults.addAll(List.of(next));
    } finally {
      lock.unlock();
    }
  }

  /** The next views that are raised meet these faults, in this order; they cannot be refused. */
  public void failRaises(CommitFault... next) {
    lock.lock();
    try {
      raiseFaults.addAll(List.of(next));
    } finally {
      lock.unlock();
    }
  }

  /** What did not meet its fault yet passes. */
  public void clearFaults() {
    lock.lock();
    try {
      faults.clear();
      raiseFaults.clear();
    } finally {
      lock.unlock();
    }
  }

  /** Whether questions for the fate of a commit get no answer. */
  public void keepSilent(boolean value) {
    lock.lock();
    try {
      silent = value;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the view cannot be read, though everything else works. */
  public void hideViews(boolean value) {
    lock.lock();
    try {
      blind = value;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The next question for the fate of a commit meets a store that has lost earlier commits, as one
   * that was restored, or failed over to a replica that lagged behind.
   */
  public void forgetBatches() {
    lock.lock();
    try {
      forgetful = true;
    } finally {
      lock.unlock();
    }
  }

  /** From now on nothing reaches the store. */
  public void goAway() {
    setAway(true);
  }

  public void comeBack() {
    setAway(false);
  }

  private void setAway(boolean value) {
    lock.lock();
    try {
      away = value;
    } finally {
      lock.unlock();
    }
  }

  /** This actor's snapshot cannot be read from now on; null repairs it. */
  public void corrupt(@Nullable ActorId actor) {
    lock.lock();
    try {
      unreadable = actor;
    } finally {
      lock.unlock();
    }
  }

  /** The store cannot hold this actor's changes from now on; null lets it. */
  public void refuse(@Nullable ActorId actor) {
    lock.lock();
    try {
      unfit = actor;
    } finally {
      lock.unlock();
    }
  }

  /** Carries out what was left behind by broken connections, as far as its writer still may. */
  public void land() {
    List<Runnable> landing;
    lock.lock();
    try {
      landing = List.copyOf(zombies);
      zombies.clear();
    } finally {
      lock.unlock();
    }
    for (Runnable zombie : landing) {
      try {
        zombie.run();
      } catch (StoreException e) {
        continue; // it was made void, or its writer is fenced: the rule that is being tested
      }
    }
  }

  @Override
  public Optional<Snapshot> load(ActorId actor) {
    lock.lock();
    try {
      refuseWhileAway();
      if (actor.equals(unreadable)) {
        throw new UnreadableStateException("The row of " + actor + " is corrupt");
      }
    } finally {
      lock.unlock();
    }
    return store.load(actor);
  }

  @Override
  public void commit(Commit commit) {
    CommitFault fault;
    lock.lock();
    try {
      refuseWhileAway();
      if (unfit != null
          && commit.changes().stream().anyMatch(c -> c.next().actor().equals(unfit))) {
        throw new CommitRefusedException("The state of " + unfit + " does not fit its column");
      }
      fault = faults.poll();
      if (fault == CommitFault.ZOMBIE) {
        zombies.add(() -> store.commit(commit));
      }
    } finally {
      lock.unlock();
    }
    if (fault == null) {
      store.commit(commit);
      return;
    }
    switch (fault) {
      case UNAVAILABLE -> throw new StoreUnavailableException("The connection was refused");
      case REFUSED -> throw new CommitRefusedException("A value is too long");
      case LOST_REPLY -> {
        store.commit(commit);
        throw new OutcomeUnknownException("The connection broke before the reply arrived");
      }
      case LOST_REQUEST, ZOMBIE ->
          throw new OutcomeUnknownException("The connection broke after the commit was sent");
    }
  }

  @Override
  public Fate resolve(WriterId writer, long batch) {
    lock.lock();
    try {
      refuseWhileAway();
      if (silent) {
        throw new StoreUnavailableException("The store does not answer");
      }
      if (forgetful) {
        forgetful = false;
        throw new IllegalArgumentException(
            "Writer %s is at batch 0, so the fate of %d cannot be open".formatted(writer, batch));
      }
    } finally {
      lock.unlock();
    }
    return store.resolve(writer, batch);
  }

  private void refuseWhileAway() {
    if (away) {
      throw new StoreUnavailableException("The store is away");
    }
  }

  @Override
  public List<Listed> list(ActorType type, String prefix, @Nullable String after, int limit) {
    lock.lock();
    try {
      refuseWhileAway();
    } finally {
      lock.unlock();
    }
    return store.list(type, prefix, after, limit);
  }

  @Override
  public List<Revision> history(ActorId actor, int limit) {
    return store.history(actor, limit);
  }

  @Override
  public Agenda agenda() {
    lock.lock();
    try {
      refuseWhileAway();
    } finally {
      lock.unlock();
    }
    return store.agenda();
  }

  @Override
  public Ledger ledger() {
    return new FaultyLedger(store.ledger());
  }

  /** Nobody can be asked who may write while the store is away. */
  private final class FaultyLedger implements Ledger {

    private final Ledger ledger;

    FaultyLedger(Ledger ledger) {
      this.ledger = ledger;
    }

    private Ledger reached() {
      lock.lock();
      try {
        refuseWhileAway();
      } finally {
        lock.unlock();
      }
      return ledger;
    }

    @Override
    public Incarnation register(String node, int writers) {
      return reached().register(node, writers);
    }

    @Override
    public View view() {
      Ledger reached = reached();
      lock.lock();
      try {
        if (blind) {
          throw new StoreUnavailableException("The view cannot be read");
        }
      } finally {
        lock.unlock();
      }
      return reached.view();
    }

    @Override
    public View raise(View from, Set<Incarnation> members, String details) {
      Ledger reached = reached();
      CommitFault fault;
      lock.lock();
      try {
        fault = raiseFaults.poll();
        if (fault == CommitFault.ZOMBIE) {
          zombies.add(() -> ledger.raise(from, members, details));
        }
      } finally {
        lock.unlock();
      }
      if (fault == null) {
        return reached.raise(from, members, details);
      }
      if (fault == CommitFault.UNAVAILABLE || fault == CommitFault.REFUSED) {
        throw new StoreUnavailableException("The connection was refused");
      }
      if (fault == CommitFault.LOST_REPLY) {
        reached.raise(from, members, details);
      }
      throw new OutcomeUnknownException("The connection broke before the view was confirmed");
    }

    @Override
    public boolean isMember(Incarnation incarnation) {
      return reached().isMember(incarnation);
    }

    @Override
    public StandaloneLock lockStandalone(Duration patience) {
      return reached().lockStandalone(patience);
    }
  }

  @Override
  public boolean isVolatile() {
    return false;
  }

  @Override
  public String describe() {
    return "a store that fails on purpose";
  }

  @Override
  public void close() {
    store.close();
  }
}
