package org.spawnmesh.actor;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request to run one action of one actor. Immutable.
 *
 * @param actor who shall run it
 * @param action the action's name
 * @param payload the argument, {@link Payload#NONE} if there is none
 * @param mode whether the caller waits for the action's answer
 * @param deadline when the caller stops waiting, on the node's monotonic clock ({@code
 *     Timers.nanoTime()}); {@link #NO_DEADLINE} lets the node set its default
 * @param caller the actor that asks, or null for a call from outside the mesh
 * @param chain the synchronous calls that wait for this one, or null
 * @param metadata passed on to the host and to everything this call causes
 * @param hops how often it was handed from node to node or re-routed so far
 * @param once lets the actor notice that it has applied this already; null if it need not
 */
public record Invocation(
    ActorId actor,
    String action,
    Payload payload,
    Mode mode,
    long deadline,
    @Nullable ActorId caller,
    @Nullable CallChain chain,
    Map<String, String> metadata,
    int hops,
    @Nullable Once once) {

  /** An invocation that is applied as often as it comes. */
  public Invocation(
      ActorId actor,
      String action,
      Payload payload,
      Mode mode,
      long deadline,
      @Nullable ActorId caller,
      @Nullable CallChain chain,
      Map<String, String> metadata,
      int hops) {
    this(actor, action, payload, mode, deadline, caller, chain, metadata, hops, null);
  }

  public static final long NO_DEADLINE = Long.MAX_VALUE;

  /** Does the caller wait? */
  public enum Mode {
    /** Answered when the action ran and what it saw and changed is durable. */
    ASK,
    /** Answered, without payload, when the actor's mailbox took it. */
    TELL
  }

  /** A call from outside the mesh that waits for its answer. */
  public static Invocation ask(ActorId actor, String action, Payload payload) {
    return new Invocation(actor, action, payload, Mode.ASK, NO_DEADLINE, null, null, Map.of(), 0);
  }

  /** A call from outside the mesh that waits only until it is accepted. */
  public static Invocation tell(ActorId actor, String action, Payload payload) {
    return new Invocation(actor, action, payload, Mode.TELL, NO_DEADLINE, null, null, Map.of(), 0);
  }

  public Invocation withDeadline(long nanos) {
    return new Invocation(actor, action, payload, mode, nanos, caller, chain, metadata, hops, once);
  }

  public Invocation withMetadata(Map<String, String> entries) {
    return new Invocation(
        actor, action, payload, mode, deadline, caller, chain, Map.copyOf(entries), hops, once);
  }

  /** The same, applied once only; null for as often as it comes. */
  public Invocation withOnce(@Nullable Once value) {
    return new Invocation(
        actor, action, payload, mode, deadline, caller, chain, metadata, hops, value);
  }

  public Invocation nextHop() {
    return new Invocation(
        actor, action, payload, mode, deadline, caller, chain, metadata, hops + 1, once);
  }

  /** {@code type/name.action}: how the call is named in messages. */
  @Override
  public String toString() {
    return actor.shortName() + "." + action;
  }
}
