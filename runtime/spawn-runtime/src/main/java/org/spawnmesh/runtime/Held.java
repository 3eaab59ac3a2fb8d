package org.spawnmesh.runtime;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Payload;

/**
 * What an activation holds between turns. Immutable.
 *
 * @param state null if the actor has none
 * @param revision the turns that changed the actor so far, durable or not
 */
record Held(@Nullable Payload state, Map<String, String> tags, long revision) {

  /** The same after a turn that changed something else of the actor. */
  Held counted() {
    return new Held(state, tags, revision + 1);
  }

  static final Held NOTHING = new Held(null, Map.of(), 0);
}
