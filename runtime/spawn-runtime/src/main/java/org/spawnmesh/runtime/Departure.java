package org.spawnmesh.runtime;

import org.jspecify.annotations.Nullable;

/**
 * What leaves an actor at the end of a turn: its answer, effects, broadcast or route. It waits
 * until the state that the turn saw is durable. A link of the {@link ChangeSet} it waits for, and
 * guarded with it.
 */
final class Departure {

  final Call call;
  final Decision decision;
  @Nullable Departure next;

  Departure(Call call, Decision decision) {
    this.call = call;
    this.decision = decision;
  }
}
