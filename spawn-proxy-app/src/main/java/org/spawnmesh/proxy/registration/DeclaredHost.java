package org.spawnmesh.proxy.registration;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.host.ActionFailedException;
import org.spawnmesh.host.ActorHost;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.proxy.acl.Policies;

/**
 * A registered actor's host: the process that declared it, and before it the proxy's own actions,
 * which need no process. Thread-safe if the process's host is.
 *
 * @param keepsState what a stateless actor's process returns as state is dropped: hosts echo what
 *     they hold, whether or not they declared it
 * @param policies for calls between actors; calls from outside were looked at when they came in
 */
record DeclaredHost(ActorHost process, boolean keepsState, Policies policies) implements ActorHost {

  @Override
  public HostReply call(HostCall call) throws Exception {
    return switch (call.action()) {
      case Reserved.STATE_ACTION -> HostReply.of(orNone(call.state()));
      case Reserved.RESTORE_ACTION -> restored(call);
      default -> {
        refuseIfDenied(call);
        yield kept(process.call(call));
      }
    };
  }

  /** Init actions and timers have no caller; effects, pipes, forwards and broadcasts have one. */
  private void refuseIfDenied(HostCall call) {
    if (call.caller() != null && !call.caller().equals(call.actor())) {
      try {
        policies.check(call.invocation());
      } catch (SpawnException e) {
        throw new ActionFailedException(e.failure(), e);
      }
    }
  }

  private static Payload orNone(@Nullable Payload state) {
    return state == null ? Payload.NONE : state;
  }

  private static HostReply restored(HostCall call) {
    if (call.caller() != null) {
      throw new ActionFailedException(
          Failure.executed(
              FailureCode.ACCESS_DENIED,
              "%s asked for %s; no actor may".formatted(call.caller(), call.invocation())));
    }
    Map<String, String> tags = call.metadata();
    return HostReply.of(Payload.NONE, call.payload()).withTags(tags);
  }

  private HostReply kept(HostReply reply) {
    if (keepsState || (reply.state() == null && reply.tags() == null)) {
      return reply;
    }
    return new HostReply(
        reply.payload(),
        null,
        null,
        reply.effects(),
        reply.broadcast(),
        reply.route(),
        reply.checkpoint());
  }
}
