package org.spawnmesh.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;

/**
 * Who changed an actor. When several turns were committed together, it is the last of them.
 *
 * @param caller the actor that asked, or null for a call from outside
 * @param traceId the trace the call belonged to, or null
 * @param at wall-clock time of the turn
 */
public record Cause(
    String action, @Nullable ActorId caller, @Nullable String traceId, Instant at) {}
