package org.spawnmesh.benchmarks.pekko;

import com.fasterxml.jackson.annotation.JsonCreator;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandlerWithReply;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehaviorWithEnforcedReplies;
import org.spawnmesh.benchmarks.pekko.Command.Add;
import org.spawnmesh.benchmarks.pekko.Command.Get;
import org.spawnmesh.benchmarks.pekko.EventSourcedEntity.Added;

/** A counter entity that appends an event to the journal before each reply; no snapshots. */
final class EventSourcedEntity
    extends EventSourcedBehaviorWithEnforcedReplies<Command, Added, State> {

  record Added(long n) implements CborSerializable {
    @JsonCreator // a record of one component would be read as the bare number
    Added {}
  }

  EventSourcedEntity(PersistenceId id) {
    super(id);
  }

  @Override
  public State emptyState() {
    return State.EMPTY;
  }

  @Override
  public CommandHandlerWithReply<Command, Added, State> commandHandler() {
    return newCommandHandlerWithReplyBuilder()
        .forAnyState()
        .onCommand(
            Add.class,
            (state, add) ->
                Effect().persist(new Added(add.n())).thenReply(add.replyTo(), State::value))
        .onCommand(Get.class, (state, get) -> Effect().reply(get.replyTo(), state.value()))
        .build();
  }

  @Override
  public EventHandler<State, Added> eventHandler() {
    return newEventHandlerBuilder()
        .forAnyState()
        .onEvent(Added.class, (state, added) -> state.plus(added.n()))
        .build();
  }
}
