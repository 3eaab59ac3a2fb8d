package org.spawnmesh.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.spawnmesh.proxy.RunningProxy.actor;
import static org.spawnmesh.proxy.RunningProxy.request;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.SpawnRequest;
import org.spawnmesh.protocol.SpawnResponse;
import org.spawnmesh.protocol.Status;
import org.spawnmesh.protocol.actors.Kind;
import org.spawnmesh.runtime.NodeStatus;

/** A proxy that is told to stop, with actions under way. Hosts are at 127.0.0.1. */
class StopTest {

  /** Where callers are that are no hosts. */
  private static final String ELSEWHERE = "127.0.0.2";

  private static final String SPAWN = "/api/v1/system/shop/actors/spawn";

  @TempDir Path directory;

  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);

  @ParameterizedTest
  @ValueSource(strings = {"jdbc", "memory"})
  void runningActionsMayCallBackAndNobodyElseIsLetIn(String store) throws Exception {
    try (TestHost host = TestHost.start();
        RunningProxy proxy =
            RunningProxy.start(
                directory,
                host,
                "spawn.drain-timeout=60s",
                store.equals("memory") ? "spawn.statestore.url=" : "spawn.dev=true",
                "spawn.statestore.type=" + store);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      host.on(
          "order",
          call -> {
            entered.countDown();
            release.await(20, TimeUnit.SECONDS);
            // as one SDK does it: from inside the action, and without saying who asks
            proxy.spawn("new", "cart", "");
            int sum = proxy.count("ann") + proxy.count("new");
            InvocationResponse later =
                proxy.invoke(
                    request("ann", "count").setScheduledTo(System.currentTimeMillis() + 60_000));
            assertThat(later.getStatus().getMessage()).startsWith("SP2004");
            return TestHost.reply(call).setValue(TestHost.number(sum));
          });
      proxy.register(
          actor(Kind.NAMED, "joe", "order"),
          actor(Kind.NAMED, "ann", "count"),
          actor(Kind.UNNAMED, "cart", "count"));
      CompletableFuture<HttpResponse<byte[]>> accepted =
          supply(threads, () -> proxy.exchangeFrom(ELSEWHERE, request("joe", "order").build()));
      entered.await();

      CompletableFuture<Void> stopped = CompletableFuture.runAsync(proxy.context::close, threads);
      while (proxy.node().status() != NodeStatus.DRAINING) {
        Thread.onSpinWait();
      }
      HttpResponse<byte[]> refused = proxy.exchangeFrom(ELSEWHERE, request("ann", "count").build());
      MustListTest.failed(refused, 503, Status.ERROR, "SP2004");
      assertThat(refused.headers().firstValue("retry-after")).isPresent();
      SpawnRequest.Builder spawn = SpawnRequest.newBuilder();
      spawn.addActorsBuilder().setName("other").setParent("cart");
      HttpResponse<byte[]> notSpawned =
          proxy.postFrom(ELSEWHERE, SPAWN, spawn.build().toByteArray());
      assertThat(notSpawned.statusCode()).isEqualTo(503);
      assertThat(SpawnResponse.parseFrom(notSpawned.body()).getStatus().getMessage())
          .startsWith("SP2004");
      assertThat(proxy.get("/health/readiness").statusCode()).isEqualTo(503);

      release.countDown();

      InvocationResponse answer = InvocationResponse.parseFrom(accepted.get().body());
      assertThat(answer.getStatus().getStatus()).as("%s", answer).isEqualTo(Status.OK);
      assertThat(answer.getValue()).isEqualTo(TestHost.number(2));
      stopped.get(60, TimeUnit.SECONDS);
      assertThatThrownBy(() -> proxy.get("/health")).isInstanceOf(IOException.class);
    }
  }

  @Test
  void whenNoActionRunsAtTheHostItIsNotLetInEither() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    try (TestHost host = TestHost.start();
        TestHost elsewhere = TestHost.start(host.port(), server -> server.host(ELSEWHERE));
        RunningProxy proxy = RunningProxy.start(directory, host, "spawn.proxy.mode=daemon");
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      proxy.register(actor(Kind.NAMED, "ann", "count"));
      proxy.postFrom(
          ELSEWHERE,
          "/api/v1/system",
          RunningProxy.registration(actor(Kind.NAMED, "joe", "order")).toByteArray());
      elsewhere.on(
          "order",
          call -> {
            busy.countDown();
            release.await(20, TimeUnit.SECONDS);
            return TestHost.reply(call);
          });
      CompletableFuture<InvocationResponse> accepted =
          supply(threads, () -> proxy.invoke("joe", "order"));
      busy.await();
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(proxy.context::close, threads);
      while (proxy.node().status() != NodeStatus.DRAINING) {
        Thread.onSpinWait();
      }

      MustListTest.failed(
          proxy.exchange(request("ann", "count").build()), 503, Status.ERROR, "SP2004");
      assertThat(proxy.exchangeFrom(ELSEWHERE, request("ann", "count").build()).statusCode())
          .isEqualTo(200);

      release.countDown();
      assertThat(accepted.get().getStatus().getStatus()).isEqualTo(Status.OK);
      stopped.get(60, TimeUnit.SECONDS);
    }
  }

  private interface Work<T> {
    T run() throws Exception;
  }

  private static <T> CompletableFuture<T> supply(ExecutorService threads, Work<T> work) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return work.run();
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        },
        threads);
  }
}
