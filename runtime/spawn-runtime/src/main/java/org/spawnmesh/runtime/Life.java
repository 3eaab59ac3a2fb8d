package org.spawnmesh.runtime;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.Gate;
import org.spawnmesh.cluster.LocalNode;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.StoreException;
import org.spawnmesh.store.StoreLockedException;
import org.spawnmesh.time.Timers;

/**
 * A node's life, from its start to its end: the only place where its status changes. Thread-safe.
 *
 * <pre>
 * NEW ──start──► JOINING ──member──► ACCEPTING ◄──member──┐
 *                                       │ └────fenced──► REJOINING
 *                                       └──drain──► LEAVING ──others own its actors──► DRAINING
 * DRAINING ──empty, or patience over──► STOPPED
 * </pre>
 */
final class Life {

  private static final Logger log = LoggerFactory.getLogger(Life.class);

  private final Cluster cluster;
  private final Tenure tenure;
  private final Activations activations;
  private final Router router;
  private final Door door;
  private final Passivation passivation;
  private final Deadlines deadlines;
  private final Timers timers;
  private final Executor turns;
  private final NodeListener listener;

  /** Ends what the node has made for itself. */
  private final Runnable last;

  /** What the cluster sees of this node. */
  private final LocalNode local = new Local();

  private final CompletableFuture<Boolean> drained = new CompletableFuture<>();

  /** Held while the status changes; joining happens with it released. */
  private final ReentrantLock lock = new ReentrantLock();

  private volatile NodeStatus status = NodeStatus.NEW;

  Life(
      Cluster cluster,
      Tenure tenure,
      Activations activations,
      Router router,
      Door door,
      Passivation passivation,
      Deadlines deadlines,
      Timers timers,
      Executor turns,
      NodeListener listener,
      Runnable last) {
    this.cluster = cluster;
    this.tenure = tenure;
    this.activations = activations;
    this.router = router;
    this.door = door;
    this.passivation = passivation;
    this.deadlines = deadlines;
    this.timers = timers;
    this.turns = turns;
    this.listener = listener;
    this.last = last;
  }

  NodeStatus status() {
    return status;
  }

  // ---- the start ----

  /** As {@link SpawnNode#starting}. */
  CompletionStage<?> starting() {
    moveFrom(NodeStatus.NEW, NodeStatus.JOINING);
    return tenure
        .join(local)
        .handle(
            (joined, failure) -> {
              if (failure == null) {
                started();
                return null;
              }
              moveFrom(NodeStatus.JOINING, NodeStatus.NEW);
              throw notStarted(failure);
            });
  }

  private static RuntimeException notStarted(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof StoreException) {
      FailureCode code =
          cause instanceof StoreLockedException
              ? FailureCode.STORE_LOCKED
              : FailureCode.STORE_UNAVAILABLE;
      return new SpawnException(
          Failure.notExecuted(code, "The node cannot start: " + cause.getMessage()), cause);
    }
    return cause instanceof RuntimeException e ? e : new CompletionException(cause);
  }

  private void started() {
    if (!moveFrom(NodeStatus.JOINING, NodeStatus.ACCEPTING)) {
      tenure.leave();
      throw new IllegalStateException("The node was stopped while it started");
    }
    passivation.start();
    tenure.watch(this::checked);
    activations.deliveries.start();
    activations.reminders.start();
    log.info("Node {} accepts calls", tenure.incarnation());
  }

  private boolean moveFrom(NodeStatus expected, NodeStatus next) {
    lock.lock();
    try {
      if (status != expected) {
        if (expected == NodeStatus.NEW) {
          throw new IllegalStateException("The node is " + status + " and cannot be started");
        }
        return false;
      }
      status = next;
    } finally {
      lock.unlock();
    }
    listener.statusChanged(next);
    return true;
  }

  /**
   * This incarnation may not write any more. Ends all activations and joins again as a new one.
   * Called by writers and by the membership check, perhaps several times for one loss.
   */
  void fenced(Incarnation which, Failure why) {
    if (!which.equals(tenure.incarnation())
        || !moveFrom(NodeStatus.ACCEPTING, NodeStatus.REJOINING)) {
      return;
    }
    log.warn("Node {} is fenced and joins again: {}", which, why.message());
    turns.execute(
        () -> {
          activations.abandonAll(why);
          tenure.retry(() -> status == NodeStatus.REJOINING, local, joined -> rejoined());
        });
  }

  private void rejoined() {
    if (moveFrom(NodeStatus.REJOINING, NodeStatus.ACCEPTING)) {
      log.info("Joined again as node {}", tenure.incarnation());
      activations.deliveries.joined();
      activations.reminders.lookNow();
    } else {
      tenure.leave();
    }
  }

  /** The membership check found that this node is not a member any more. */
  private void checked() {
    Incarnation now = tenure.incarnation();
    if (now != null && status == NodeStatus.ACCEPTING) {
      fenced(
          now,
          Failure.notExecuted(
              FailureCode.LOST_OWNERSHIP, "This node is not a member of the mesh any more"));
    }
  }

  // ---- the end ----

  /** As {@link SpawnNode#resign}, without waiting. */
  CompletionStage<?> resigning() {
    return moveFrom(NodeStatus.ACCEPTING, NodeStatus.LEAVING)
        ? cluster.resign()
        : CompletableFuture.completedStage(null);
  }

  /** As {@link SpawnNode#drain}. */
  boolean drain(Duration patience) {
    if (isOver()) {
      return true;
    }
    long end = timers.nanoTime() + patience.toNanos();
    await(resigning(), patience);
    finish();
    boolean complete = await(drained, Duration.ofNanos(Math.max(0, end - timers.nanoTime())));
    stop(complete);
    return complete;
  }

  /** As {@link SpawnNode#draining}. */
  CompletionStage<?> draining() {
    if (isOver()) {
      return CompletableFuture.completedStage(null);
    }
    return resigning()
        .thenCompose(
            resigned -> {
              finish();
              return drained;
            })
        .thenRunAsync(() -> stop(true), turns);
  }

  /** Has this node stopped? One that never started has, from now on. */
  private boolean isOver() {
    lock.lock();
    try {
      if (status == NodeStatus.NEW) {
        status = NodeStatus.STOPPED;
      }
      return status == NodeStatus.STOPPED;
    } finally {
      lock.unlock();
    }
  }

  private void finish() {
    lock.lock();
    try {
      if (status == NodeStatus.STOPPED) {
        return;
      }
      status = NodeStatus.DRAINING;
    } finally {
      lock.unlock();
    }
    listener.statusChanged(NodeStatus.DRAINING);
    passivation.stop();
    tenure.unwatch();
    activations.deliveries.stop();
    activations.reminders.stop();
    activations.passivateAll(PassivationReason.DRAIN);
    activations.activationClosed();
  }

  /** True if it completed in time. */
  static boolean await(CompletionStage<?> stage, Duration patience) {
    try {
      stage.toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Nothing is active any more. */
  void drained() {
    if (router.isIdle()) {
      drained.complete(true);
    }
  }

  private void stop(boolean complete) {
    lock.lock();
    try {
      if (status == NodeStatus.STOPPED) {
        return;
      }
      status = NodeStatus.STOPPED;
    } finally {
      lock.unlock();
    }
    deadlines.expireAll(FailureCode.NODE_UNAVAILABLE, "the node stopped before it was answered");
    if (!complete) {
      activations.refuseWaiting();
    }
    tenure.leave();
    listener.statusChanged(NodeStatus.STOPPED);
    last.run();
    log.info(
        "Node {} stopped{}", tenure.incarnation(), complete ? "" : "; not all calls were finished");
  }

  private final class Local implements LocalNode {

    @Override
    public void joined(Incarnation incarnation) {
      activations.joined(incarnation);
    }

    @Override
    public CompletionStage<Answer> invoke(Invocation invocation) {
      return door.pass(invocation, true);
    }

    @Override
    public void cast(Broadcast broadcast, ActorId source, Map<String, String> metadata) {
      activations.outgoing().castHere(broadcast, source, metadata);
    }

    @Override
    public void closing() {
      turns.execute(activations::passivateMoved);
    }

    @Override
    public void opened(Gate gate, List<String> warm) {
      activations.awaken(gate, warm);
      activations.deliveries.opened(gate);
      activations.reminders.lookNow();
    }

    @Override
    public void fenced(Incarnation incarnation, String why) {
      Life.this.fenced(
          incarnation, Failure.notExecuted(FailureCode.LOST_OWNERSHIP, "This node is out: " + why));
    }
  }
}
