package org.spawnmesh.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.proxy.RunningProxy.actor;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.ActorInvocation;
import org.spawnmesh.protocol.InvocationRequest;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.SideEffect;
import org.spawnmesh.protocol.Status;
import org.spawnmesh.protocol.Workflow;
import org.spawnmesh.protocol.actors.Actor;
import org.spawnmesh.protocol.actors.ActorId;
import org.spawnmesh.protocol.actors.ActorSystem;
import org.spawnmesh.protocol.actors.Kind;

/** A trace comes in with a request and goes out with the call to the host. */
class TracesTest {

  private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
  private static final String OTHER = "00-5bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @TempDir Path directory;

  private static InvocationRequest request(String action, Map<String, String> metadata) {
    return InvocationRequest.newBuilder()
        .setSystem(ActorSystem.newBuilder().setName(RunningProxy.SYSTEM))
        .setActor(
            Actor.newBuilder()
                .setId(ActorId.newBuilder().setName("joe").setSystem(RunningProxy.SYSTEM)))
        .setActionName(action)
        .putAllMetadata(metadata)
        .build();
  }

  private static void invoke(
      RunningProxy proxy, String action, Map<String, String> metadata, String... headers)
      throws Exception {
    InvocationResponse answer =
        InvocationResponse.parseFrom(
            proxy
                .post(
                    "/api/v1/system/shop/actors/joe/invoke",
                    request(action, metadata).toByteArray(),
                    headers)
                .body());
    assertThat(answer.getStatus().getStatus()).isEqualTo(Status.OK);
  }

  @Test
  void aTraceGoesThroughTheProxy() throws Exception {
    try (TestHost host = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, host)) {
      host.on(
          "tell",
          call ->
              TestHost.reply(call)
                  .setWorkflow(
                      Workflow.newBuilder()
                          .addEffects(
                              SideEffect.newBuilder().setRequest(request("nothing", Map.of())))));
      proxy.register(actor(Kind.NAMED, "joe", "tell", "nothing"));

      invoke(proxy, "nothing", Map.of());
      assertThat(host.headersOfLastCall()).doesNotContainKeys("traceparent", "tracestate");
      assertThat(host.await("nothing").getCurrentContext().getMetadataMap()).isEmpty();

      invoke(
          proxy,
          "tell",
          Map.of("traceparent", OTHER, "mine", "kept"),
          "traceparent",
          PARENT,
          "tracestate",
          "a=1");
      Map<String, String> sent = Map.of("traceparent", PARENT, "tracestate", "a=1", "mine", "kept");
      assertThat(host.await("tell").getCurrentContext().getMetadataMap()).isEqualTo(sent);
      ActorInvocation effect = host.await("nothing");
      assertThat(effect.getCurrentContext().getMetadataMap()).isEqualTo(sent);
      assertThat(host.headersOfLastCall())
          .containsEntry("traceparent", PARENT)
          .containsEntry("tracestate", "a=1");

      invoke(proxy, "nothing", Map.of("traceparent", OTHER));
      assertThat(host.headersOfLastCall())
          .containsEntry("traceparent", OTHER)
          .doesNotContainKey("tracestate");

      invoke(proxy, "nothing", Map.of("traceparent", "broken"), "traceparent", "broken, too");
      assertThat(host.headersOfLastCall()).doesNotContainKey("traceparent");
    }
  }
}
