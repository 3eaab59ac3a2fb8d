package org.spawnmesh.runtime;

import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.Placement;

/**
 * Decides whether a call is for this node or for another. Stop 2 of an invocation's way. Does not
 * block; thread-safe.
 */
final class Router {

  private final Cluster cluster;
  private final Activations activations;
  private final int maxHops;

  Router(Cluster cluster, Activations activations, int maxHops) {
    this.cluster = cluster;
    this.activations = activations;
    this.maxHops = maxHops;
  }

  void route(Call call) {
    switch (cluster.placement(call.invocation.actor())) {
      case Placement.Here here -> activations.dispatch(call);
      case Placement.At at -> handOver(call, at);
    }
  }

  private void handOver(Call call, Placement.At at) {
    if (call.invocation.hops() >= maxHops) {
      call.fail(
          Failure.notExecuted(
              FailureCode.TOO_MANY_HOPS,
              "%s was handed from node to node %d times; the next would have been %s"
                  .formatted(call.invocation, call.invocation.hops(), at.peer().name())));
      return;
    }
    // from here on only the peer knows whether it ran
    if (call.claim()) {
      at.peer()
          .invoke(call.invocation.withDeadline(call.deadline).nextHop())
          .thenAccept(call::complete);
    }
  }
}
