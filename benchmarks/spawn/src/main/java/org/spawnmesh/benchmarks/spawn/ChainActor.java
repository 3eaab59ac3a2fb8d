package org.spawnmesh.benchmarks.spawn;

import org.spawnmesh.benchmarks.spawn.CounterActor.State;
import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;
import org.spawnmesh.spring.ActorContext;
import org.spawnmesh.spring.Reply;

/** A counter that passes on what it adds to the {@link CounterActor} of its own name (W7). */
@Actor("Chain")
class ChainActor {

  private static final State EMPTY = new State(0, "");

  /** Passes it on durably. */
  @Action
  Reply<Long> add(Long n, ActorContext<State> chain) {
    return added(n, chain).effect("Counter", chain.id().name(), "add", n);
  }

  /** Passes it on and forgets it. */
  @Action
  Reply<Long> signal(Long n, ActorContext<State> chain) {
    return added(n, chain).signal("Counter", chain.id().name(), "add", n);
  }

  private static Reply<Long> added(Long n, ActorContext<State> chain) {
    State next = chain.state().orElse(EMPTY).plus(n);
    return Reply.of(next.value()).state(next);
  }

  @Action
  Long get(ActorContext<State> chain) {
    return chain.state().orElse(EMPTY).value();
  }
}
