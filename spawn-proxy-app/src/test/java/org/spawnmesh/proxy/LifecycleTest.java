package org.spawnmesh.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.proxy.RunningProxy.SYSTEM;
import static org.spawnmesh.proxy.RunningProxy.actor;
import static org.spawnmesh.proxy.RunningProxy.registration;
import static org.spawnmesh.proxy.RunningProxy.request;

import com.google.protobuf.ByteString;
import java.net.InetAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.ActorInvocation;
import org.spawnmesh.protocol.InvocationRequest;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.RegistrationRequest;
import org.spawnmesh.protocol.RegistrationResponse;
import org.spawnmesh.protocol.SpawnRequest;
import org.spawnmesh.protocol.SpawnResponse;
import org.spawnmesh.protocol.Status;
import org.spawnmesh.protocol.actors.Actor;
import org.spawnmesh.protocol.actors.Kind;
import org.spawnmesh.runtime.NodeStatus;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Registration, restart, revisions and drain. */
@ExtendWith(OutputCaptureExtension.class)
class LifecycleTest {

  @TempDir Path directory;

  @Test
  void aRestartedProxyKnowsHostsInstancesAndState() throws Exception {
    try (TestHost host = TestHost.start()) {
      try (RunningProxy proxy = RunningProxy.start(directory, host)) {
        proxy.register(actor(Kind.NAMED, "joe", "count"), actor(Kind.UNNAMED, "cart", "count"));
        proxy.spawn("cart-1", "cart", "");
        assertThat(proxy.count("joe")).isEqualTo(1);
        assertThat(proxy.count("cart-1")).isEqualTo(1);
      }
      try (RunningProxy proxy = RunningProxy.start(directory, host)) {
        assertThat(proxy.count("joe")).isEqualTo(2);
        assertThat(proxy.count("cart-1")).isEqualTo(2);
      }
    }
  }

  @Test
  void registeringAgainChangesTheDefinitionAndResetsNothing() throws Exception {
    try (TestHost host = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, host)) {
      proxy.register(actor(Kind.NAMED, "joe", "count"));
      proxy.count("joe");
      assertThat(proxy.invoke("joe", "nothing").getStatus().getMessage()).startsWith("SP1002");

      proxy.register(actor(Kind.NAMED, "joe", "count", "nothing"));

      assertThat(proxy.invoke("joe", "nothing").getStatus().getStatus()).isEqualTo(Status.OK);
      assertThat(proxy.count("joe")).isEqualTo(2);
    }
  }

  @Test
  void whatAHostRegistersNoMoreIsServedNoMoreAndKeepsItsState() throws Exception {
    try (TestHost host = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, host)) {
      Actor.Builder ann = actor(Kind.NAMED, "ann", "count", "hear", "tick");
      ann.getMetadataBuilder().addChannelGroup(ByteString.copyFromUtf8("news"));
      ann.addTimerActionsBuilder().setSeconds(10).getActionBuilder().setName("tick");
      Actor.Builder cart = actor(Kind.UNNAMED, "cart", "count");
      Actor.Builder joe = actor(Kind.NAMED, "joe", "count", "pipe");
      Actor.Builder pool = actor(Kind.POOLED, "pool", "count");
      host.on("tick", TestHost::reply);
      host.on(
          "pipe",
          call -> {
            var reply = TestHost.reply(call).setValue(TestHost.number(0));
            reply.getWorkflowBuilder().getPipeBuilder().setActor("ann").setActionName("count");
            return reply;
          });
      proxy.register(joe, ann, cart, pool);
      proxy.spawn("c", "cart", "");
      assertThat(proxy.count("ann")).isEqualTo(1);
      assertThat(proxy.count("c")).isEqualTo(1);
      host.await("tick");

      proxy.register(joe);

      assertThat(proxy.count("joe")).isEqualTo(1);
      host.calls().clear();
      unknown(proxy, "SP1007", request("ann", "count"));
      unknown(proxy, "SP1007", request("pool", "count"));
      unknown(proxy, "SP1007", request("d", "count").setRegisterRef("cart"));
      unknown(proxy, "SP1001", request("c", "count")); // it was spawned
      assertThat(proxy.spawn("d", "cart", "").getStatus().getMessage()).startsWith("SP1007");
      assertThat(proxy.invoke("joe", "pipe").getStatus().getMessage())
          .startsWith("SP1001")
          .contains("registered again without ann");
      assertThat(host.calls()).extracting(ActorInvocation::getActionName).doesNotContain("count");
      assertThat(proxy.register(joe, actor(Kind.UNNAMED, "ann", "count")).getStatus().getMessage())
          .startsWith("SP5004")
          .contains("restart it"); // a type that was served keeps its kind

      proxy.register(joe, ann, cart, pool);

      assertThat(proxy.count("ann")).isEqualTo(2);
      assertThat(proxy.count("c")).isEqualTo(2);
    }
  }

  private static void unknown(RunningProxy proxy, String code, InvocationRequest.Builder call)
      throws Exception {
    MustListTest.failed(proxy.exchange(call.build()), 404, Status.ACTOR_NOT_FOUND, code);
  }

  /** Where machines come and go, their addresses must not add up. */
  @Test
  void aHostWhoseTypesHaveGoneToOthersIsForgotten() throws Exception {
    try (TestHost host = TestHost.start()) {
      try (RunningProxy proxy = RunningProxy.start(directory, host, "spawn.proxy.mode=daemon")) {
        byte[] joe = registration(actor(Kind.NAMED, "joe", "count")).toByteArray();
        byte[] both =
            registration(actor(Kind.NAMED, "joe", "count"), actor(Kind.NAMED, "ann", "count"))
                .toByteArray();
        proxy.postFrom("127.0.0.2", "/api/v1/system", both);
        proxy.postFrom("127.0.0.3", "/api/v1/system", joe);
        assertThat(metrics(proxy)).contains("127.0.0.2:", "127.0.0.3:");

        proxy.post("/api/v1/system", joe);

        assertThat(metrics(proxy))
            .contains("127.0.0.1:", "127.0.0.2:") // ann is there still
            .doesNotContain("127.0.0.3:");
        assertThat(proxy.count("joe")).isEqualTo(1);
        assertThat(listed(proxy)).contains("127.0.0.1:", "127.0.0.2:").doesNotContain("127.0.0.3:");

        proxy.post("/api/v1/system", both);

        assertThat(metrics(proxy)).contains("127.0.0.1:").doesNotContain("127.0.0.2:");
      }
      try (RunningProxy proxy = RunningProxy.start(directory, host)) {
        assertThat(proxy.count("joe")).isEqualTo(2);
        assertThat(proxy.count("ann")).isEqualTo(1);
        assertThat(metrics(proxy)).doesNotContain("127.0.0.2:", "127.0.0.3:");
      }
    }
  }

  /** Of hosts, by their addresses. */
  private static String metrics(RunningProxy proxy) throws Exception {
    return new String(proxy.get("/metrics").body(), StandardCharsets.UTF_8);
  }

  /** What is kept about hosts. */
  private static String listed(RunningProxy proxy) throws Exception {
    String name = InetAddress.getLocalHost().getHostName();
    var list = org.spawnmesh.actor.ActorId.of(SYSTEM, "spawn.hosts", name);
    return new String(
        proxy.node().store().load(list).orElseThrow().state().bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void whatHostsCallThemselvesCannotForgeLines(CapturedOutput output) throws Exception {
    try (TestHost host = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, host)) {
      RegistrationRequest.Builder request =
          registration(actor(Kind.NAMED, "joe", "count")).toBuilder();
      request.getServiceInfoBuilder().setServiceName("shop\nERROR forged \u001b[31m\u0085x");
      proxy.post("/api/v1/system", request.build().toByteArray());
      assertThat(output).contains("shop\\u000aERROR forged \\u001b[31m\\u0085x at 127.0.0.1");

      String action = "a\nERROR forged, too";
      refused(proxy, "SP5004", actor(Kind.NAMED, "ann", action));
      MustListTest.failed(
          proxy.exchange(request("joe", action).setAsync(true).build()),
          400,
          Status.ERROR,
          "SP1006");
      host.on(
          "count",
          call -> {
            var reply = TestHost.reply(call);
            var effect = reply.getWorkflowBuilder().addEffectsBuilder().getRequestBuilder();
            effect.setActionName(action).getActorBuilder().getIdBuilder().setName("joe");
            return reply;
          });
      assertThat(proxy.invoke("joe", "count").getStatus().getMessage()).startsWith("SP3002");
      assertThat(output.toString().lines()).noneMatch(line -> line.startsWith("ERROR forged"));
    }
  }

  @Test
  void aLaterRegistrationMovesTheActorToItsHost() throws Exception {
    try (TestHost first = TestHost.start();
        RunningProxy proxy =
            // in this mode the address is that of the connection, not the one configured
            RunningProxy.start(
                directory, first, "spawn.proxy.mode=daemon", "spawn.proxy.host-address=1.2.3.4")) {
      proxy.register(actor(Kind.NAMED, "joe", "count"));
      assertThat(proxy.count("joe")).isEqualTo(1);
    }
    try (TestHost second = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, second)) {
      proxy.register(actor(Kind.NAMED, "joe", "count"));
      assertThat(proxy.count("joe")).isEqualTo(2);
    }
  }

  @Test
  void whatCannotBeRegisteredChangesNothingAndSaysWhy() throws Exception {
    try (TestHost host = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, host)) {
      proxy.register(actor(Kind.NAMED, "joe", "count"));

      refused(proxy, "SP5004", actor(Kind.PROJECTION, "view", "x"), actor(Kind.NAMED, "a", "x"));
      refused(proxy, "SP5004", actor(Kind.PROXY, "p", "x"));
      refused(proxy, "SP5004", actor(Kind.UNNAMED, "joe", "count"));
      refused(proxy, "SP5004", actor(Kind.NAMED, "with/slash", "x"));
      refused(proxy, "SP5004", actor(Kind.NAMED, "x".repeat(10_000), "x"));
      refused(proxy, "SP1006", actor(Kind.NAMED, "spawn.hosts", "x"));
      refused(proxy, "SP1006", actor(Kind.NAMED, "b", "spawn.state"));
      refused(proxy, "SP1006");
      assertThat(proxy.invoke("a", "x").getStatus().getStatus()).isEqualTo(Status.ACTOR_NOT_FOUND);
      assertThat(proxy.count("joe")).isEqualTo(1);
    }
  }

  private static void refused(RunningProxy proxy, String code, Actor.Builder... actors)
      throws Exception {
    HttpResponse<byte[]> response =
        proxy.post("/api/v1/system", registration(actors).toByteArray());
    assertThat(response.statusCode()).isEqualTo(400);
    RegistrationResponse message = RegistrationResponse.parseFrom(response.body());
    assertThat(message.getStatus().getStatus()).isEqualTo(Status.ERROR);
    assertThat(message.getStatus().getMessage()).startsWith(code + " ");
  }

  @Test
  void aChangedKindIsServedAfterTheNextStart() throws Exception {
    try (TestHost host = TestHost.start()) {
      try (RunningProxy proxy = RunningProxy.start(directory, host)) {
        proxy.register(actor(Kind.NAMED, "cart", "count"));
        refused(proxy, "SP5004", actor(Kind.UNNAMED, "cart", "count"));
        assertThat(proxy.count("cart")).isEqualTo(1);
      }
      try (RunningProxy proxy = RunningProxy.start(directory, host)) {
        assertThat(proxy.spawn("c", "cart", "").getStatus().getMessage()).isEqualTo("Accepted");
        assertThat(proxy.count("c")).isEqualTo(1);
      }
    }
  }

  @Test
  void theLatestRegistrationOfATypeIsTheOneThatIsRestored() throws Exception {
    try (TestHost gone = TestHost.start();
        TestHost host = TestHost.start()) {
      try (RunningProxy proxy = RunningProxy.start(directory, gone)) {
        proxy.register(actor(Kind.NAMED, "joe", "nothing"));
      }
      try (RunningProxy proxy = RunningProxy.start(directory, host)) {
        proxy.register(actor(Kind.NAMED, "joe", "count"));
      }
      gone.calls().clear();
      try (RunningProxy proxy = RunningProxy.start(directory, 1)) {
        assertThat(proxy.count("joe")).isEqualTo(1);
      }
      assertThat(gone.calls()).isEmpty();
    }
  }

  @Test
  void anotherSystemIsRefusedByName() throws Exception {
    try (TestHost host = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, host)) {
      var request = registration(actor(Kind.NAMED, "joe", "count")).toBuilder();
      request.getActorSystemBuilder().setName("other");

      HttpResponse<byte[]> response = proxy.post("/api/v1/system", request.build().toByteArray());

      assertThat(RegistrationResponse.parseFrom(response.body()).getStatus().getMessage())
          .startsWith("SP1006")
          .contains("'shop'", "'other'", "PROXY_ACTOR_SYSTEM_NAME");
    }
  }

  @Test
  void tasksAndUnknownKindsAreNamedActorsAndPoolsKeepNoState() throws Exception {
    try (TestHost host = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, host)) {
      Actor.Builder pool = actor(Kind.POOLED, "pool", "count");
      pool.getSettingsBuilder().setStateful(true).setMinPoolSize(1);
      proxy.register(
          actor(Kind.TASK, "task", "count"), actor(Kind.UNKNOW_KIND, "plain", "count"), pool);

      assertThat(proxy.count("task")).isEqualTo(1);
      assertThat(proxy.count("task")).isEqualTo(2);
      assertThat(proxy.count("plain")).isEqualTo(1);
      for (int i = 0; i < 3; i++) {
        InvocationResponse response = proxy.invoke(request("pool", "count").setPooled(true));
        assertThat(TestHost.number(response.getValue())).isEqualTo(1);
      }
    }
  }

  @Test
  void spawningIsIdempotentAndNeedsAParent() throws Exception {
    try (TestHost host = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, host)) {
      proxy.register(actor(Kind.UNNAMED, "cart", "count"), actor(Kind.NAMED, "joe", "count"));
      String odd = "käse/brot 7 % ? #\u2028ß";
      proxy.spawn(odd, "cart", "");
      assertThat(proxy.count(odd)).isEqualTo(1);
      assertThat(proxy.spawn(odd, "cart", "").getStatus().getMessage()).isEqualTo("Accepted");
      assertThat(proxy.count(odd)).isEqualTo(2);
      assertThat(
              TestHost.number(
                  proxy.invoke(request("by-ref", "count").setRegisterRef("cart")).getValue()))
          .isEqualTo(1);
      assertThat(
              TestHost.number(
                  proxy.invoke(request("by-ref", "count").setRegisterRef("cart")).getValue()))
          .isEqualTo(2);
      assertThat(proxy.count("by-ref")).isEqualTo(3);

      assertThat(proxy.spawn("x", "nobody", "").getStatus().getStatus())
          .isEqualTo(Status.ACTOR_NOT_FOUND);
      assertThat(proxy.spawn("x", "", "").getStatus().getMessage()).startsWith("SP1006");
      assertThat(proxy.spawn("x", "joe", "").getStatus().getMessage()).startsWith("SP1006");
      assertThat(proxy.invoke("cart", "count").getStatus().getStatus())
          .isEqualTo(Status.ACTOR_NOT_FOUND);
      assertThat(
              proxy.invoke(request("x", "count").setRegisterRef("nobody")).getStatus().getStatus())
          .isEqualTo(Status.ACTOR_NOT_FOUND);
    }
  }

  /** Naming the definition with each call says all there is to know. */
  @Test
  void twoDefinitionsMayHaveInstancesOfOneNameAndNothingIsWrittenForIt() throws Exception {
    try (TestHost host = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, host)) {
      proxy.register(actor(Kind.UNNAMED, "cart", "count"), actor(Kind.UNNAMED, "list", "count"));
      var entry = org.spawnmesh.actor.ActorId.of(SYSTEM, "spawn.directory", "ann");
      for (int i = 1; i <= 3; i++) {
        for (String definition : List.of("cart", "list")) {
          InvocationResponse response =
              proxy.invoke(request("ann", "count").setRegisterRef(definition));
          assertThat(TestHost.number(response.getValue())).isEqualTo(i);
        }
      }
      assertThat(proxy.node().store().load(entry).orElseThrow().revision()).isEqualTo(1);
      assertThat(proxy.count("ann")).isEqualTo(4); // the first that had the name

      proxy.spawn("ann", "list", "");

      assertThat(proxy.count("ann")).isEqualTo(4); // the one that was spawned last
      assertThat(proxy.node().store().load(entry).orElseThrow().revision()).isEqualTo(2);
      InvocationResponse other = proxy.invoke(request("ann", "count").setRegisterRef("cart"));
      assertThat(TestHost.number(other.getValue())).isEqualTo(5);
    }
  }

  @Test
  void aSpawnOfManyIsAllOrNothing() throws Exception {
    try (TestHost host = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, host)) {
      proxy.register(actor(Kind.UNNAMED, "cart", "count"));
      SpawnRequest.Builder request = SpawnRequest.newBuilder();
      for (int i = 0; i < 2_500; i++) {
        request.addActorsBuilder().setName("c" + i).setParent("cart").setSystem(SYSTEM);
      }
      byte[] good = request.build().toByteArray();
      request.addActorsBuilder().setName("last").setParent("nobody").setSystem(SYSTEM);
      String path = "/api/v1/system/shop/actors/spawn";

      assertThat(proxy.post(path, request.build().toByteArray()).statusCode()).isEqualTo(404);
      assertThat(proxy.invoke("c0", "count").getStatus().getStatus())
          .isEqualTo(Status.ACTOR_NOT_FOUND);
      assertThat(proxy.post(path, good).statusCode()).isEqualTo(200);
      assertThat(proxy.count("c2499")).isEqualTo(1);
    }
  }

  @Test
  void whatAnActorDoesByItselfIsANoopFromItself() throws Exception {
    try (TestHost host = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, host)) {
      host.on("init", TestHost::reply);
      host.on("tick", TestHost::reply);
      Actor.Builder joe = actor(Kind.NAMED, "joe", "init");
      joe.addTimerActionsBuilder().setSeconds(20).getActionBuilder().setName("tick");
      proxy.register(joe);

      for (String action : List.of("init", "tick")) {
        ActorInvocation call = host.await(action);
        assertThat(call.hasNoop()).isTrue();
        assertThat(call.getCaller()).isEqualTo(call.getActor());
        assertThat(call.getCurrentContext().getCaller()).isEqualTo(call.getActor());
      }
      proxy.invoke(request("joe", "init").setAsync(true));
      assertThat(host.await("init").hasCaller()).isFalse();
    }
  }

  @Test
  void whatADrainingProxyFinishesMayStillNameNewInstances() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (TestHost host = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, host)) {
      host.on(
          "order",
          call -> {
            entered.countDown();
            release.await(20, TimeUnit.SECONDS);
            var reply = TestHost.reply(call).setValue(TestHost.number(0));
            reply
                .getWorkflowBuilder()
                .getForwardBuilder()
                .setActor("new")
                .setActionName("count")
                .setRegisterRef("cart");
            return reply;
          });
      proxy.register(actor(Kind.NAMED, "joe", "order"), actor(Kind.UNNAMED, "cart", "count"));
      CompletableFuture<InvocationResponse> accepted =
          CompletableFuture.supplyAsync(() -> unchecked(() -> proxy.invoke("joe", "order")));
      entered.await();
      CompletableFuture<Boolean> drained =
          CompletableFuture.supplyAsync(() -> proxy.node().drain(Duration.ofSeconds(20)));
      while (proxy.node().status() != NodeStatus.DRAINING) {
        Thread.onSpinWait();
      }

      release.countDown();

      assertThat(accepted.get().getValue()).isEqualTo(TestHost.number(1));
      assertThat(drained.get()).isTrue();
    }
  }

  @Test
  void aRevisionIsRestoredOnceAndDoesNotStick() throws Exception {
    try (TestHost host = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, host, "spawn.statestore.history=10")) {
      proxy.register(actor(Kind.UNNAMED, "cart", "count"));
      proxy.spawn("c", "cart", "");
      for (int i = 1; i <= 5; i++) {
        assertThat(proxy.count("c")).isEqualTo(i);
      }

      assertThat(proxy.spawn("c", "cart", "?revision=2").getStatus().getMessage())
          .isEqualTo("Accepted");
      assertThat(proxy.count("c")).isEqualTo(3);
      assertThat(proxy.count("c")).isEqualTo(4);

      assertThat(proxy.spawn("c", "cart", "?revision=99").getStatus().getMessage())
          .startsWith("SP1006")
          .contains("99");
      assertThat(proxy.spawn("c", "cart", "?revision=two").getStatus().getMessage())
          .startsWith("SP1006");
    }
    try (TestHost host = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, host)) {
      proxy.register(actor(Kind.UNNAMED, "cart", "count"));
      assertThat(proxy.count("c")).isEqualTo(5);
    }
  }

  @Test
  void withoutHistoryARevisionIsRefused() throws Exception {
    try (TestHost host = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, host)) {
      proxy.register(actor(Kind.UNNAMED, "cart", "count"));
      proxy.spawn("c", "cart", "");
      proxy.count("c");
      proxy.count("c");

      SpawnResponse response = proxy.spawn("c", "cart", "?revision=1");

      assertThat(response.getStatus().getStatus()).isEqualTo(Status.ERROR);
      assertThat(response.getStatus().getMessage()).contains("spawn.statestore.history");
      assertThat(proxy.count("c")).isEqualTo(3);
    }
  }

  @Test
  void aDrainingProxyFinishesWhatItAcceptedAndRefusesTheRest() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    try (TestHost host = TestHost.start();
        RunningProxy proxy = RunningProxy.start(directory, host)) {
      host.on(
          "slow",
          call -> {
            entered.countDown();
            release.await(20, TimeUnit.SECONDS);
            return TestHost.reply(call).setValue(TestHost.number(1));
          });
      proxy.register(actor(Kind.NAMED, "joe", "slow", "count"));
      CompletableFuture<InvocationResponse> accepted =
          CompletableFuture.supplyAsync(() -> unchecked(() -> proxy.invoke("joe", "slow")));
      entered.await();
      assertThat(proxy.get("/health/readiness").statusCode()).isEqualTo(200);

      CompletableFuture<Boolean> drained =
          CompletableFuture.supplyAsync(() -> proxy.node().drain(Duration.ofSeconds(20)));
      while (proxy.node().status() != NodeStatus.DRAINING) {
        Thread.onSpinWait();
      }
      assertThat(proxy.get("/health/readiness").statusCode()).isEqualTo(503);
      assertThat(new String(proxy.get("/health/readiness").body()))
          .isEqualTo("{\"status\":\"down\"}");
      assertThat(proxy.get("/health/liveness").statusCode()).isEqualTo(200);
      // at the host's own address an action runs, and may call back
      HttpResponse<byte[]> refused =
          proxy.exchangeFrom("127.0.0.2", request("joe", "count").build());
      MustListTest.failed(refused, 503, Status.ERROR, "SP2004");
      assertThat(refused.headers().firstValue("retry-after")).isPresent();
      assertThat(proxy.register(actor(Kind.NAMED, "new", "x")).getStatus().getMessage())
          .startsWith("SP2004");

      release.countDown();
      assertThat(accepted.get().getValue()).isEqualTo(TestHost.number(1));
      assertThat(drained.get()).isTrue();
    }
  }

  private interface Work<T> {
    T run() throws Exception;
  }

  private static <T> T unchecked(Work<T> work) {
    try {
      return work.run();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
