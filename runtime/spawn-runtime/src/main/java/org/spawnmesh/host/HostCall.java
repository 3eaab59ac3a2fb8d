package org.spawnmesh.host;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.CallChain;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;

/**
 * What a host needs to run one action. Immutable.
 *
 * @param invocation what was asked
 * @param deadline when the caller stops waiting, on the node's monotonic clock; {@link
 *     Invocation#NO_DEADLINE} if nobody waits
 * @param state the actor's state, or null if it has none
 * @param tags the actor's tags
 * @param revision revision of that state; 0 if it was never changed
 */
public record HostCall(
    Invocation invocation,
    long deadline,
    @Nullable Payload state,
    Map<String, String> tags,
    long revision) {

  /** In the metadata of a call that a reminder makes: the time it was planned for, in ISO-8601. */
  public static final String PLANNED = "spawn-reminder-planned";

  public ActorId actor() {
    return invocation.actor();
  }

  public String action() {
    return invocation.action();
  }

  /** The argument, {@link Payload#NONE} if there is none. */
  public Payload payload() {
    return invocation.payload();
  }

  /** The actor that asked, or null for a call from outside the mesh. */
  public @Nullable ActorId caller() {
    return invocation.caller();
  }

  public Map<String, String> metadata() {
    return invocation.metadata();
  }

  /** This action and those that wait for it: what calls made from inside the action must carry. */
  public CallChain chain() {
    return new CallChain(invocation.actor(), invocation.action(), invocation.chain());
  }
}
