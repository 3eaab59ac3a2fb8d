package org.spawnmesh.proxy.registration;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.Route;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.host.ActionFailedException;
import org.spawnmesh.host.ActorHost;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.proxy.acl.Policies;
import org.spawnmesh.proxy.wire.Wire;

/**
 * A registered actor's host: the process that declared it, and before it the proxy's own actions,
 * which need no process. Thread-safe if the process's host is.
 *
 * @param definition what the process declared
 * @param policies for calls between actors; calls from outside were looked at when they came in
 */
record DeclaredHost(ActorHost process, ActorDefinition definition, Policies policies)
    implements ActorHost {

  @Override
  public HostReply call(HostCall call) throws Exception {
    return switch (call.action()) {
      case Reserved.STATE_ACTION -> {
        refuseActors(call);
        yield HostReply.of(orNone(call.state()));
      }
      case Reserved.RESTORE_ACTION -> {
        refuseActors(call);
        yield HostReply.of(Payload.NONE, call.payload()).withTags(call.metadata());
      }
      default -> {
        refuseIfDenied(call);
        HostReply reply = process.call(isByItself(call) ? withNoop(call) : call);
        refuseRead(call, reply.route());
        yield kept(reply);
      }
    };
  }

  private static void refuseActors(HostCall call) {
    if (call.caller() != null) {
      throw new ActionFailedException(
          Failure.notExecuted(
              FailureCode.ACCESS_DENIED,
              "%s asked for %s; no actor may".formatted(call.caller(), call.invocation())));
    }
  }

  /** Does nobody ask, but the actor's own activation or timer? */
  private boolean isByItself(HostCall call) {
    return call.payload().isNone()
        && call.actor().equals(call.caller())
        && (call.action().equals(definition.initAction())
            || definition.timers().stream()
                .anyMatch(timer -> timer.action().equals(call.action())));
  }

  /** How hosts know such calls. */
  private static HostCall withNoop(HostCall call) {
    Invocation sent = call.invocation();
    return new HostCall(
        new Invocation(
            sent.actor(),
            sent.action(),
            Wire.NOOP,
            sent.mode(),
            sent.deadline(),
            sent.caller(),
            sent.chain(),
            sent.metadata(),
            sent.hops()),
        call.deadline(),
        call.state(),
        call.tags(),
        call.revision());
  }

  /** Effects, pipes, forwards and broadcasts; what an actor asks of itself is its own affair. */
  private void refuseIfDenied(HostCall call) {
    if (call.caller() != null && !call.caller().equals(call.actor())) {
      try {
        policies.check(call.invocation());
      } catch (SpawnException e) {
        throw new ActionFailedException(e.failure(), e);
      }
    }
  }

  /**
   * The node answers a state to whoever asks, without asking a host. So who may not have it is
   * refused where the question is put: a pipe or forward hands the answer out.
   */
  private void refuseRead(HostCall call, @Nullable Route route) {
    if (route == null
        || !Reserved.READS.contains(route.action())
        || route.actor().equals(call.actor())) {
      return;
    }
    try {
      policies.check(
          new Invocation(
              route.actor(),
              route.action(),
              Payload.NONE,
              Invocation.Mode.ASK,
              Invocation.NO_DEADLINE,
              call.actor(),
              null,
              Map.of(),
              0));
    } catch (SpawnException e) {
      throw new ActionFailedException(
          Failure.executed(FailureCode.ACCESS_DENIED, e.failure().message()), e);
    }
  }

  private static Payload orNone(@Nullable Payload state) {
    return state == null ? Payload.NONE : state;
  }

  /**
   * What a stateless actor's process returns as state is dropped: hosts echo what they hold,
   * whether or not they declared it.
   */
  private HostReply kept(HostReply reply) {
    if (definition.stateful() || (reply.state() == null && reply.tags() == null)) {
      return reply;
    }
    return new HostReply(
        reply.payload(),
        null,
        null,
        reply.effects(),
        reply.broadcast(),
        reply.route(),
        reply.checkpoint(),
        reply.reminders());
  }
}
