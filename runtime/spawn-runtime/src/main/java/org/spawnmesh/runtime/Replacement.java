package org.spawnmesh.runtime;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;

/**
 * What somebody who looks after a mesh puts in the place of an actor's state, by a turn that asks
 * no host. Immutable.
 *
 * @param state null erases the state
 * @param onlyNew whether to refuse it if the actor has changed before
 */
public record Replacement(@Nullable Payload state, Map<String, String> tags, boolean onlyNew) {

  public Replacement {
    tags = Map.copyOf(tags);
  }

  /**
   * A new revision, also if it is equal to the one before: whoever asked for it wants to see it.
   */
  Decision decide(Hosting hosting, Invocation invocation, Held before, int stateLimit) {
    if (!hosting.definition().stateful()) {
      return Decision.failed(
          Failure.notExecuted(
              FailureCode.REQUEST_INVALID,
              "%s: %s is declared stateless".formatted(invocation, hosting.definition().type())));
    }
    if (onlyNew && before.revision() > 0) {
      return Decision.failed(
          Failure.notExecuted(
              FailureCode.REQUEST_INVALID,
              "%s: the actor exists already, at revision %d"
                  .formatted(invocation, before.revision())));
    }
    if (state != null && state.knownSize() > stateLimit) {
      return Decision.failed(Decision.stateTooLarge(invocation, state.knownSize(), stateLimit));
    }
    Held next = new Held(state, tags, before.revision() + 1);
    return new Decision(next, true, List.of(), null, null, Answer.EMPTY, List.of(), null, null);
  }
}
