package org.spawnmesh.test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.store.Agenda;
import org.spawnmesh.store.Commit;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Ledger;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.StateStore;
import org.spawnmesh.store.View;
import org.spawnmesh.store.WriterId;

/** One node's way to a store that several share, for whoever wants to look at what passes. */
class ForwardingStore implements StateStore, Ledger {

  private final InMemoryStateStore store;

  ForwardingStore(InMemoryStateStore store) {
    this.store = store;
  }

  @Override
  public Optional<Snapshot> load(ActorId actor) {
    return store.load(actor);
  }

  @Override
  public void commit(Commit commit) {
    store.commit(commit);
  }

  @Override
  public Fate resolve(WriterId writer, long batch) {
    return store.resolve(writer, batch);
  }

  @Override
  public List<Revision> history(ActorId actor, int limit) {
    return store.history(actor, limit);
  }

  @Override
  public Agenda agenda() {
    return store.agenda();
  }

  @Override
  public List<Listed> list(ActorType type, String prefix, @Nullable String after, int limit) {
    return store.list(type, prefix, after, limit);
  }

  @Override
  public Ledger ledger() {
    return this;
  }

  @Override
  public boolean isVolatile() {
    return store.isVolatile();
  }

  @Override
  public String describe() {
    return store.describe();
  }

  /** Leaves the store to the others. */
  @Override
  public void close() {}

  @Override
  public Incarnation register(String node, int writers) {
    return store.register(node, writers);
  }

  @Override
  public View view() {
    return store.view();
  }

  @Override
  public View raise(View from, Set<Incarnation> members, String details) {
    return store.raise(from, members, details);
  }

  @Override
  public boolean isMember(Incarnation incarnation) {
    return store.isMember(incarnation);
  }

  @Override
  public StandaloneLock lockStandalone(Duration patience) {
    return store.lockStandalone(patience);
  }
}
