package org.spawnmesh.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.proxy.RunningProxy.SYSTEM;
import static org.spawnmesh.proxy.RunningProxy.actor;
import static org.spawnmesh.proxy.RunningProxy.registration;
import static org.spawnmesh.proxy.RunningProxy.request;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.RegistrationResponse;
import org.spawnmesh.protocol.Status;
import org.spawnmesh.protocol.actors.ActorId;
import org.spawnmesh.protocol.actors.Kind;

/** The token and the policies, from outside. */
class SecurityTest {

  @TempDir Path directory;

  @Test
  void aTokenIsAskedForExceptForHealth() throws Exception {
    try (TestHost host = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, host, "spawn.proxy.api-token=s3cret")) {
      byte[] registration = registration(actor(Kind.NAMED, "joe", "count")).toByteArray();
      byte[] call = request("joe", "count").build().toByteArray();
      String path = "/api/v1/system/shop/actors/joe/invoke";

      HttpResponse<byte[]> refused = proxy.post("/api/v1/system", registration);
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(refused.headers().firstValue("www-authenticate")).contains("Bearer");
      assertThat(RegistrationResponse.parseFrom(refused.body()).getStatus().getMessage())
          .startsWith("SP1008");
      MustListTest.failed(
          proxy.post(path, call, "Authorization", "Bearer wrong"), 401, Status.ERROR, "SP1008");
      assertThat(proxy.get("/metrics").statusCode()).isEqualTo(401);
      assertThat(proxy.get("/actuator/health").statusCode()).isEqualTo(401);
      assertThat(proxy.get("/health/readiness").statusCode()).isEqualTo(200);

      assertThat(
              proxy
                  .post("/api/v1/system", registration, "Authorization", "Bearer s3cret")
                  .statusCode())
          .isEqualTo(200);
      assertThat(proxy.post(path, call, "Authorization", "bearer s3cret").statusCode())
          .isEqualTo(200);
    }
  }

  @Test
  void aDeniedCallIs403AndTheActorLivesOn() throws Exception {
    Path policies = Files.createDirectory(directory.resolve("policies"));
    Files.writeString(
        policies.resolve("default.policy"),
        "type: \"allow\"\nactors: \"friend\", \"relay\"\nactions: \"count\", \"relay\", get\n");
    Files.writeString(policies.resolve("outside.policy"), "type: allow\nactions: count, relay\n");
    try (TestHost host = TestHost.start();
        RunningProxy proxy =
            RunningProxy.start(directory, host, "spawn.proxy.policies=" + policies)) {
      host.on(
          "relay",
          call -> {
            var reply = TestHost.reply(call).setValue(TestHost.number(0));
            reply.getWorkflowBuilder().getPipeBuilder().setActor("joe").setActionName("nothing");
            return reply;
          });
      proxy.register(
          actor(Kind.NAMED, "joe", "count", "nothing"), actor(Kind.NAMED, "relay", "relay"));

      assertThat(proxy.count("joe")).isEqualTo(1);
      MustListTest.failed(
          proxy.exchange(request("joe", "get").build()), 403, Status.ERROR, "SP1008");
      assertThat(
              proxy
                  .invoke(
                      request("joe", "get")
                          .setCaller(ActorId.newBuilder().setName("friend").setSystem(SYSTEM)))
                  .getStatus()
                  .getStatus())
          .isEqualTo(Status.OK);
      assertThat(proxy.get("/api/v1/system/shop/actors/joe").statusCode()).isEqualTo(403);
      // relay itself may be called; what it pipes to is denied to it
      MustListTest.failed(
          proxy.exchange(request("relay", "relay").build()), 403, Status.ERROR, "SP1008");
      assertThat(proxy.count("joe")).isEqualTo(2);
    }
  }

  @Test
  void whoIsDeniedNamesNoInstances() throws Exception {
    Path policies = Files.createDirectory(directory.resolve("policies"));
    Files.writeString(policies.resolve("a.policy"), "type: allow\nactions: count, make\n");
    try (TestHost host = TestHost.start();
        RunningProxy proxy =
            RunningProxy.start(directory, host, "spawn.proxy.policies=" + policies)) {
      host.on(
          "make",
          call -> {
            var reply = TestHost.reply(call);
            var effect = reply.getWorkflowBuilder().addEffectsBuilder().getRequestBuilder();
            effect.setActionName("nothing").setRegisterRef("cart");
            effect.getActorBuilder().getIdBuilder().setName("by-effect");
            reply
                .getWorkflowBuilder()
                .getPipeBuilder()
                .setActor("by-pipe")
                .setActionName("nothing")
                .setRegisterRef("cart");
            return reply;
          });
      proxy.register(
          actor(Kind.UNNAMED, "cart", "count", "nothing"), actor(Kind.NAMED, "joe", "make"));

      MustListTest.failed(
          proxy.exchange(request("by-call", "nothing").setRegisterRef("cart").build()),
          403,
          Status.ERROR,
          "SP1008");
      MustListTest.failed(
          proxy.exchange(request("joe", "make").build()), 403, Status.ERROR, "SP1008");
      // nor is it said who is there
      MustListTest.failed(
          proxy.exchange(request("nobody", "nothing").build()), 403, Status.ERROR, "SP1008");
      assertThat(proxy.get("/api/v1/system/shop/actors/nobody").statusCode()).isEqualTo(403);

      for (String name : List.of("by-call", "by-effect", "by-pipe")) {
        var entry = org.spawnmesh.actor.ActorId.of(SYSTEM, "spawn.directory", name);
        assertThat(proxy.node().store().load(entry)).as(name).isEmpty();
        assertThat(proxy.invoke(name, "count").getStatus().getStatus())
            .isEqualTo(Status.ACTOR_NOT_FOUND);
      }
      assertThat(
              proxy
                  .invoke(request("allowed", "count").setRegisterRef("cart"))
                  .getStatus()
                  .getStatus())
          .isEqualTo(Status.OK);
    }
  }

  @Test
  void whoMayNotReadAnActorCannotHaveItsStatePipedToThem() throws Exception {
    Path policies = Files.createDirectory(directory.resolve("policies"));
    Files.writeString(policies.resolve("a.policy"), "type: allow\nactions: count, peep\n");
    try (TestHost host = TestHost.start();
        RunningProxy proxy =
            RunningProxy.start(directory, host, "spawn.proxy.policies=" + policies)) {
      proxy.register(actor(Kind.NAMED, "joe", "count"), actor(Kind.NAMED, "thief", "peep"));
      proxy.count("joe");

      for (String read : List.of("get", "GetState", "spawn.state", "spawn.restore")) {
        host.on(
            "peep",
            call -> {
              var reply = TestHost.reply(call).setValue(TestHost.number(7));
              reply.getWorkflowBuilder().getPipeBuilder().setActor("joe").setActionName(read);
              return reply;
            });
        MustListTest.failed(
            proxy.exchange(request("thief", "peep").build()), 403, Status.ERROR, "SP1008");
      }
      assertThat(proxy.count("joe")).isEqualTo(2);
    }
  }

  @Test
  void whoMayCallNothingCannotTakeAnActorBackEither() throws Exception {
    Path policies = Files.createDirectory(directory.resolve("policies"));
    Files.writeString(policies.resolve("a.policy"), "type: allow\nactions: count\n");
    try (TestHost host = TestHost.start();
        RunningProxy proxy =
            RunningProxy.start(
                directory,
                host,
                "spawn.proxy.policies=" + policies,
                "spawn.statestore.history=10")) {
      proxy.register(actor(Kind.UNNAMED, "cart", "count"));
      proxy.spawn("c", "cart", "");
      proxy.count("c");
      proxy.count("c");

      assertThat(proxy.spawn("c", "cart", "?revision=1").getStatus().getMessage())
          .startsWith("SP1008");
      assertThat(proxy.count("c")).isEqualTo(3);
    }
  }
}
