package org.spawnmesh.proxy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.protocol.ActorInvocation;
import org.spawnmesh.protocol.ActorInvocationResponse;
import org.spawnmesh.protocol.Context;
import org.spawnmesh.proxy.host.HostAddress;
import org.spawnmesh.proxy.host.Hosts;
import org.spawnmesh.proxy.wire.Wire;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Just enough of the host half to test the ingress with. */
@Configuration(proxyBeanMethods = false)
class StandInHosts {

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @Bean
  Hosts hosts() {
    return address -> call -> call(address, call);
  }

  private HostReply call(HostAddress address, HostCall call) throws Exception {
    ActorId caller = call.caller();
    Context.Builder context =
        Context.newBuilder()
            .setSelf(Wire.actorId(call.actor()))
            .putAllMetadata(call.metadata())
            .putAllTags(call.tags());
    if (call.state() != null) {
      context.setState(Wire.toAny(call.state()));
    }
    ActorInvocation.Builder invocation =
        ActorInvocation.newBuilder()
            .setActor(Wire.actorId(call.actor()))
            .setActionName(call.action())
            .setCurrentContext(context);
    if (caller != null) {
      invocation.setCaller(Wire.actorId(caller));
    }
    Wire.payload(invocation, call.payload());
    HttpResponse<byte[]> response =
        http.send(
            HttpRequest.newBuilder(URI.create("http://" + address + "/api/v1/actors/actions"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(invocation.build().toByteArray()))
                .header("Content-Type", "application/octet-stream")
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() != 200) {
      throw new IllegalStateException("the host answered " + response.statusCode());
    }
    ActorInvocationResponse reply = ActorInvocationResponse.parseFrom(response.body());
    Context updated = reply.getUpdatedContext();
    Payload state = updated.hasState() ? Wire.of(updated.getState()) : null;
    HostReply result = new HostReply(Wire.payload(reply), state, null, java.util.List.of(), null, null, false);
    return updated.getTagsMap().isEmpty() ? result : result.withTags(updated.getTagsMap());
  }
}
