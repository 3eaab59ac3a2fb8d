package org.spawnmesh.proxy.host;

import org.spawnmesh.actor.Payload;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.protocol.ActorInvocation;
import org.spawnmesh.protocol.Context;
import org.spawnmesh.protocol.actors.ActorId;
import org.spawnmesh.proxy.wire.Wire;

/** What a host is sent for a call. Pure. */
final class ActorInvocations {

  private ActorInvocations() {}

  /**
   * @throws org.spawnmesh.actor.PayloadEncodingException if the payload or the state cannot be
   *     encoded
   */
  static ActorInvocation of(HostCall call) {
    ActorId self = Wire.actorId(call.actor());
    Context.Builder context =
        Context.newBuilder().setSelf(self).putAllMetadata(call.metadata()).putAllTags(call.tags());
    Payload state = call.state();
    // two hosts fail on a state without a type: rather none
    if (state != null && !state.isNone() && !state.type().isEmpty()) {
      context.setState(Wire.toAny(state));
    }
    ActorInvocation.Builder invocation =
        ActorInvocation.newBuilder().setActor(self).setActionName(call.action());
    if (call.caller() != null) {
      ActorId caller = Wire.actorId(call.caller());
      context.setCaller(caller);
      invocation.setCaller(caller);
    }
    Wire.payload(invocation, call.payload());
    return invocation.setCurrentContext(context).build();
  }
}
