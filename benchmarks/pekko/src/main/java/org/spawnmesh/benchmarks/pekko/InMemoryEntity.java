package org.spawnmesh.benchmarks.pekko;

import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.spawnmesh.benchmarks.pekko.Command.Add;
import org.spawnmesh.benchmarks.pekko.Command.Get;

/** A counter entity whose state dies with it. */
final class InMemoryEntity {
  private State state = State.EMPTY;

  private InMemoryEntity() {}

  static Behavior<Command> create() {
    return Behaviors.setup(
        context -> {
          var entity = new InMemoryEntity();
          return Behaviors.receiveMessage(entity::receive);
        });
  }

  private Behavior<Command> receive(Command command) {
    switch (command) {
      case Add(var n, var replyTo) -> {
        state = state.plus(n);
        replyTo.tell(state.value());
      }
      case Get(var replyTo) -> replyTo.tell(state.value());
    }
    return Behaviors.same();
  }
}
