package org.spawnmesh.cluster;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Ledger;
import org.spawnmesh.store.StoreLockedException;
import org.spawnmesh.store.View;

/**
 * A mesh of one node. A lock in the store decides who may start, and no node of a mesh may be
 * there; safety comes from raising a view with this node as its only member, which fences every
 * predecessor.
 */
public final class Standalone implements Cluster {

  private final String node;
  private final Duration patience;
  private final UnaryOperator<Set<String>> listening;

  private Ledger.@Nullable StandaloneLock lock;
  private @Nullable Ledger ledger;
  private @Nullable Incarnation incarnation;

  /**
   * @param node this node's name for people
   * @param patience how long to wait at start for a node that is just stopping
   */
  public Standalone(String node, Duration patience) {
    this(node, patience, addresses -> Set.of());
  }

  /**
   * As the other, and does not start where a mesh runs.
   *
   * @param listening of addresses, {@code host:port}, those where somebody listens; may block
   */
  public Standalone(String node, Duration patience, UnaryOperator<Set<String>> listening) {
    this.node = node;
    this.patience = patience;
    this.listening = listening;
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
      View former = store.view();
      refuseBesideAMesh(former);
      Incarnation next = store.register(node, writers);
      store.raise(former, Set.of(next));
      ledger = store;
      incarnation = next;
      return next;
    } catch (RuntimeException e) {
      leave(); // others may try meanwhile
      throw e;
    }
  }

  /** Each would take the other for a node that is to be replaced, again and again. */
  private void refuseBesideAMesh(View view) {
    Map<String, Member> members = new TreeMap<>();
    Roster.of(view, 1).members().values().forEach(member -> members.put(member.address(), member));
    Set<String> there = members.isEmpty() ? Set.of() : listening.apply(members.keySet());
    if (!there.isEmpty()) {
      String one = there.iterator().next();
      throw new StoreLockedException(
          "A mesh uses this database: of the nodes of its view %d, %d listen, for example %s at %s; stop them all first"
              .formatted(view.number(), there.size(), members.get(one), one));
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
