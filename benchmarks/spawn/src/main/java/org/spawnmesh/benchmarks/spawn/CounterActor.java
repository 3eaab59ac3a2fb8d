package org.spawnmesh.benchmarks.spawn;

import org.spawnmesh.benchmarks.spawn.CounterActor.State;
import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;
import org.spawnmesh.spring.ActorContext;
import org.spawnmesh.spring.Reply;

/** The counter that every peer measures. */
@Actor("Counter")
class CounterActor {

  private static final State EMPTY = new State(0, "");

  record State(long value, String label) {

    State plus(long n) {
      return new State(value + n, "updated");
    }
  }

  @Action
  Reply<Long> add(Long n, ActorContext<State> counter) {
    State next = counter.state().orElse(EMPTY).plus(n);
    return Reply.of(next.value()).state(next);
  }

  @Action
  Long get(ActorContext<State> counter) {
    return counter.state().orElse(EMPTY).value();
  }
}
