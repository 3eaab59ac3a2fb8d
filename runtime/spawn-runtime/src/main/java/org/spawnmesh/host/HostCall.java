package org.spawnmesh.host;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.CallChain;
import org.spawnmesh.actor.Payload;

/**
 * What a host needs to run one action. Immutable.
 *
 * @param payload the argument, {@link Payload#NONE} if there is none
 * @param state the actor's state, or null if it has none
 * @param tags the actor's tags
 * @param revision revision of that state; 0 if it was never changed
 * @param caller the actor that asked, or null for a call from outside
 * @param metadata what the caller passed along
 * @param deadline when the caller stops waiting, on the node's monotonic clock
 * @param chain this call and those that wait for it; calls made from inside the action carry it
 */
public record HostCall(
    ActorId actor,
    String action,
    Payload payload,
    @Nullable Payload state,
    Map<String, String> tags,
    long revision,
    @Nullable ActorId caller,
    Map<String, String> metadata,
    long deadline,
    CallChain chain) {}
