package org.spawnmesh.cluster;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Ledger;

/**
 * A mesh of one node. A lock in the store decides who may start; safety comes from raising a view
 * with this node as its only member, which fences every predecessor.
 */
public final class Standalone implements Cluster {

  private final String node;
  private final Duration patience;

  private Ledger.@Nullable StandaloneLock lock;
  private @Nullable Ledger ledger;
  private @Nullable Incarnation incarnation;

  /**
   * @param node this node's name for people
   * @param patience how long to wait at start for a node that is just stopping
   */
  public Standalone(String node, Duration patience) {
    this.node = node;
    this.patience = patience;
  }

  @Override
  public CompletionStage<Incarnation> join(Ledger store, int writers, LocalNode local) {
    try {
      Incarnation joined = join(store, writers);
      local.joined(joined);
      return CompletableFuture.completedStage(joined);
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  private Incarnation join(Ledger store, int writers) {
    if (lock == null || !lock.isHeld()) {
      leave();
      lock = store.lockStandalone(patience);
    }
    try {
      Incarnation next = store.register(node, writers);
      store.raise(store.view(), Set.of(next));
      ledger = store;
      incarnation = next;
      return next;
    } catch (RuntimeException e) {
      leave(); // others may try meanwhile
      throw e;
    }
  }

  @Override
  public Placement placement(Invocation invocation) {
    return Placement.HERE;
  }

  @Override
  public boolean isJoined() {
    return lock != null
        && ledger != null
        && incarnation != null
        && lock.isHeld()
        && ledger.isMember(incarnation);
  }

  @Override
  public void leave() {
    if (lock != null) {
      lock.close();
      lock = null;
    }
  }
}
