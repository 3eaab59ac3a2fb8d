package org.spawnmesh.store;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Payload;

/**
 * State in this process's memory, by the same rules as in a database: writers, fence, revisions.
 * Several nodes of one JVM may share it, which is how a mesh is tested; nothing survives the JVM.
 */
public final class InMemoryStateStore implements StateStore, Ledger {

  private enum NodeState {
    REGISTERED,
    MEMBER,
    FENCED
  }

  private static final class Writer {
    long batch;
    boolean voided;
  }

  /** Loads take no lock; whatever changes the map holds {@link #lock}. */
  private final ConcurrentHashMap<ActorId, Snapshot> snapshots = new ConcurrentHashMap<>();

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<ActorId, Deque<Revision>> history = new HashMap<>();
  private final Map<Incarnation, NodeState> nodes = new HashMap<>();
  private final Map<WriterId, Writer> writers = new HashMap<>();
  private final InMemoryAgenda agenda = new InMemoryAgenda(lock);
  private View view = new View(0, Set.of());
  private long lastIncarnation;
  private @Nullable Object standalone;

  @Override
  public Optional<Snapshot> load(ActorId actor) {
    return Optional.ofNullable(snapshots.get(actor));
  }

  @Override
  public void commit(Commit commit) {
    lock.lock();
    try {
      Writer writer = writers.get(commit.writer());
      if (writer == null || state(commit.writer().incarnation()) != NodeState.MEMBER) {
        throw new FencedException("Writer " + commit.writer() + " belongs to no member");
      }
      if (writer.batch != commit.batch() - 1) {
        throw new FencedException(
            "Writer %s is at batch %d, so %d is not its next"
                .formatted(commit.writer(), writer.batch, commit.batch()));
      }
      Set<ActorId> stale = new LinkedHashSet<>();
      Set<ActorId> changed = new HashSet<>();
      for (Change change : commit.changes()) {
        if (!changed.add(change.next().actor())) {
          throw new IllegalArgumentException(change.next().actor() + " is changed twice");
        }
        if (revisionOf(change.next().actor()) != change.expected()) {
          stale.add(change.next().actor());
        }
      }
      if (!stale.isEmpty()) {
        throw new StaleRevisionException("Another writer was faster for " + stale, stale);
      }
      writer.batch = commit.batch();
      writer.voided = false;
      commit.changes().forEach(this::save);
      agenda.write(commit.upkeep());
    } finally {
      lock.unlock();
    }
  }

  private long revisionOf(ActorId actor) {
    Snapshot stored = snapshots.get(actor);
    return stored == null ? Snapshot.NEVER_SAVED : stored.revision();
  }

  private void save(Change change) {
    ActorId actor = change.next().actor();
    snapshots.put(actor, change.next());
    agenda.write(change.enclosure());
    if (change.history() > 0) {
      Deque<Revision> kept = history.computeIfAbsent(actor, a -> new ArrayDeque<>());
      kept.addFirst(new Revision(change.next(), change.cause()));
      while (kept.size() > change.history()) {
        kept.removeLast();
      }
    }
  }

  @Override
  public Fate resolve(WriterId id, long batch) {
    lock.lock();
    try {
      Writer writer = writers.get(id);
      if (writer == null) {
        return Fate.FENCED;
      }
      if (writer.batch == batch - 1) {
        if (state(id.incarnation()) == NodeState.FENCED) {
          return Fate.FENCED;
        }
        writer.batch = batch;
        writer.voided = true;
      }
      if (writer.batch != batch) {
        throw new IllegalArgumentException(
            "Writer %s is at batch %d, so the fate of %d cannot be open"
                .formatted(id, writer.batch, batch));
      }
      return writer.voided ? Fate.VOID : Fate.COMMITTED;
    } finally {
      lock.unlock();
    }
  }

  /** Looks at all actors: they are in memory anyway. */
  @Override
  public List<Listed> list(ActorType type, String prefix, @Nullable String after, int limit) {
    return snapshots.values().stream()
        .filter(stored -> stored.actor().type().equals(type))
        .filter(stored -> stored.actor().name().startsWith(prefix))
        .filter(stored -> after == null || stored.actor().name().compareTo(after) > 0)
        .sorted(Comparator.comparing(stored -> stored.actor().name()))
        .limit(Math.max(0, limit))
        .map(InMemoryStateStore::listed)
        .toList();
  }

  private static Listed listed(Snapshot stored) {
    Payload state = stored.state();
    return new Listed(
        stored.actor().name(),
        stored.revision(),
        state == null ? null : state.type(),
        stored.tags());
  }

  @Override
  public List<Revision> history(ActorId actor, int limit) {
    lock.lock();
    try {
      Deque<Revision> kept = history.getOrDefault(actor, new ArrayDeque<>());
      return new ArrayList<>(kept).subList(0, Math.min(limit, kept.size()));
    } finally {
      lock.unlock();
    }
  }

  @Override
  public Agenda agenda() {
    return agenda;
  }

  @Override
  public Ledger ledger() {
    return this;
  }

  @Override
  public boolean isVolatile() {
    return true;
  }

  @Override
  public String describe() {
    return "memory of this process";
  }

  /** Keeps everything: a node that starts again with this store finds its state. */
  @Override
  public void close() {}

  private NodeState state(Incarnation incarnation) {
    return nodes.getOrDefault(incarnation, NodeState.FENCED);
  }

  @Override
  public Incarnation register(String node, int count) {
    lock.lock();
    try {
      Incarnation incarnation = new Incarnation(++lastIncarnation);
      nodes.put(incarnation, NodeState.REGISTERED);
      for (int i = 0; i < count; i++) {
        writers.put(new WriterId(incarnation, i), new Writer());
      }
      return incarnation;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public View view() {
    lock.lock();
    try {
      return view;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public View raise(View from, Set<Incarnation> members, String details) {
    lock.lock();
    try {
      if (view.number() != from.number()) {
        throw ViewConflictException.raisedMeanwhile(view.number(), from.number());
      }
      for (Incarnation member : members) {
        if (state(member) == NodeState.FENCED) {
          throw ViewConflictException.unfit(member);
        }
      }
      members.forEach(member -> nodes.put(member, NodeState.MEMBER));
      nodes.replaceAll(
          (node, state) ->
              state == NodeState.MEMBER && !members.contains(node) ? NodeState.FENCED : state);
      view = new View(from.number() + 1, members, details);
      return view;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isMember(Incarnation incarnation) {
    lock.lock();
    try {
      return state(incarnation) == NodeState.MEMBER;
    } finally {
      lock.unlock();
    }
  }

  /** The node that held it died: what a database notices when a connection is gone. */
  public void breakStandaloneLock() {
    lock.lock();
    try {
      standalone = null;
    } finally {
      lock.unlock();
    }
  }

  /** Does not wait: whoever shares this store shares the JVM and can be closed first. */
  @Override
  public StandaloneLock lockStandalone(Duration patience) {
    lock.lock();
    try {
      if (standalone != null) {
        throw new StoreLockedException("Another standalone node of this JVM uses this store");
      }
      Object owner = new Object();
      standalone = owner;
      return new StandaloneLock() {
        @Override
        public boolean isHeld() {
          return standalone == owner;
        }

        @Override
        public void close() {
          lock.lock();
          try {
            if (standalone == owner) {
              standalone = null;
            }
          } finally {
            lock.unlock();
          }
        }
      };
    } finally {
      lock.unlock();
    }
  }
}
