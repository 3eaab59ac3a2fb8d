package org.spawnmesh.runtime;

import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.PeerAnswer;
import org.spawnmesh.cluster.Placement;

/**
 * Decides whether a call is for this node or for another. Stop 2 of an invocation's way. Does not
 * block; thread-safe.
 */
final class Router {

  /** How often a tell, which has no deadline, is tried at peers that do not take it. */
  private static final int TELL_ATTEMPTS = 250;

  private final Cluster cluster;
  private final Activations activations;
  private final NodeSettings settings;
  private final Executor threads;

  /** Calls that are at a peer, or wait to be sent to another. */
  private final AtomicInteger away = new AtomicInteger();

  Router(Cluster cluster, Activations activations, NodeSettings settings, Executor threads) {
    this.cluster = cluster;
    this.activations = activations;
    this.settings = settings;
    this.threads = threads;
  }

  void route(Call call) {
    switch (cluster.placement(call.invocation)) {
      case Placement.Here here -> activations.dispatch(call, here.gate());
      case Placement.At at when call.replacement != null ->
          activations.refuse(
              call,
              Failure.notExecuted(
                  FailureCode.NODE_UNAVAILABLE,
                  "%s must be asked of its actor's owner, %s"
                      .formatted(call.invocation, at.peer().name())));
      case Placement.At at -> {
        if (call instanceof ReminderCall) {
          activations.refuse(call, notOurs(call));
        } else {
          handOver(call, at);
        }
      }
      case Placement.Nowhere nowhere -> activations.refuse(call, nowhere.why());
    }
  }

  private static Failure notOurs(Call call) {
    return Failure.notExecuted(
        FailureCode.NODE_UNAVAILABLE,
        call.invocation + " was not run: its actor has moved, and is reminded where it is now");
  }

  private void handOver(Call call, Placement.At at) {
    if (call.invocation.hops() >= settings.maxHops()) {
      activations.refuse(
          call,
          Failure.notExecuted(
              FailureCode.TOO_MANY_HOPS,
              "%s was handed from node to node %d times; the next would have been %s"
                  .formatted(call.invocation, call.invocation.hops(), at.peer().name())));
      return;
    }
    // from here on only the peer knows whether it ran
    if (call.claim()) {
      away.incrementAndGet();
      at.peer()
          .invoke(call.invocation.withDeadline(call.deadline).nextHop())
          .thenAccept(answer -> returned(call, answer));
    }
  }

  /** Is no call at a peer? A node that drains waits for that. */
  boolean isIdle() {
    return away.get() == 0;
  }

  /** A call is answered, or on its way again. */
  private void back() {
    if (away.decrementAndGet() == 0) {
      activations.activationClosed();
    }
  }

  private void returned(Call call, PeerAnswer answer) {
    switch (answer) {
      case PeerAnswer.Moved moved -> again(call, moved.view(), null);
      case PeerAnswer.Answered answered -> {
        if (answered.answer() instanceof Answer.Failed failed && isAway(failed.failure())) {
          again(call, 0, failed.failure());
        } else {
          answer(call, answered.answer());
          back();
        }
      }
    }
  }

  /** An activation of this node may have accepted a tell, which then moved: somebody must hear. */
  private void answer(Call call, Answer answer) {
    if (answer instanceof Answer.Failed failed) {
      activations.refuse(call, failed.failure());
    } else {
      call.complete(answer);
    }
  }

  private static boolean isAway(Failure failure) {
    return failure.code() == FailureCode.NODE_UNAVAILABLE
        && failure.execution() == Execution.NOT_EXECUTED;
  }

  /** The actor moves, or its node is gone and not evicted yet: a call may wait for that. */
  private void again(Call call, long view, @Nullable Failure why) {
    call.unclaim();
    boolean tell = call.invocation.mode() == Invocation.Mode.TELL;
    if (tell && ++call.reroutes > TELL_ATTEMPTS) {
      activations.refuse(
          call,
          why != null
              ? why
              : Failure.notExecuted(
                  FailureCode.TOO_MANY_HOPS,
                  "%s found no node that takes it".formatted(call.invocation)));
      back();
      return;
    }
    cluster
        .moved(view)
        .thenRunAsync(
            () -> {
              if (tell || !call.isDone()) { // a tell was answered when it was accepted
                route(call);
              }
              back();
            },
            threads);
  }
}
