package org.spawnmesh.store;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Payload;

/**
 * The persisted state of an actor. Immutable.
 *
 * @param revision counts the turns that changed the actor, from 1; an erased actor keeps counting
 * @param state null if the actor's state was erased
 */
public record Snapshot(
    ActorId actor, long revision, @Nullable Payload state, Map<String, String> tags) {

  /** The revision of an actor that was never saved. */
  public static final long NEVER_SAVED = 0;
}
