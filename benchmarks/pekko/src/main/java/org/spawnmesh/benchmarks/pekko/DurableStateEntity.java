package org.spawnmesh.benchmarks.pekko;

import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.state.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.state.javadsl.DurableStateBehaviorWithEnforcedReplies;
import org.spawnmesh.benchmarks.pekko.Command.Add;
import org.spawnmesh.benchmarks.pekko.Command.Get;

/** A counter entity that replaces its row before each reply. */
final class DurableStateEntity extends DurableStateBehaviorWithEnforcedReplies<Command, State> {

  DurableStateEntity(PersistenceId id) {
    super(id);
  }

  @Override
  public State emptyState() {
    return State.EMPTY;
  }

  @Override
  public CommandHandlerWithReply<Command, State> commandHandler() {
    return newCommandHandlerWithReplyBuilder()
        .forAnyState()
        .onCommand(
            Add.class,
            (state, add) ->
                Effect().persist(state.plus(add.n())).thenReply(add.replyTo(), State::value))
        .onCommand(Get.class, (state, get) -> Effect().reply(get.replyTo(), state.value()))
        .build();
  }
}
