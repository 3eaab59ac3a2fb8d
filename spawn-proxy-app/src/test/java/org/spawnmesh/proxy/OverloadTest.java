package org.spawnmesh.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.proxy.RunningProxy.actor;
import static org.spawnmesh.proxy.RunningProxy.request;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.InvocationRequest;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.Status;
import org.spawnmesh.protocol.actors.Kind;

/** More requests than there is memory for. */
class OverloadTest {

  @TempDir Path directory;

  @Test
  void whatThereIsNoMemoryForIsRefusedUntilThereIs() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    try (TestHost host = TestHost.start();
        RunningProxy proxy =
            RunningProxy.start(directory, host, "spawn.proxy.bytes-in-flight=100KB");
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      host.on(
          "wait",
          call -> {
            gate.await();
            return TestHost.reply(call);
          });
      proxy.register(actor(Kind.NAMED, "joe", "wait"), actor(Kind.NAMED, "ann", "echo"));
      InvocationRequest.Builder slow = sixtyKilobytes("joe", "wait");
      InvocationRequest.Builder other = sixtyKilobytes("ann", "echo");
      CompletableFuture<InvocationResponse> waiting =
          CompletableFuture.supplyAsync(() -> invoke(proxy, slow), threads);
      host.await("wait");

      HttpResponse<byte[]> refused = proxy.exchange(other.build());

      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("retry-after")).contains("1");
      InvocationResponse said = InvocationResponse.parseFrom(refused.body());
      assertThat(said.getStatus().getStatus()).isEqualTo(Status.ERROR);
      assertThat(said.getStatus().getMessage())
          .startsWith("SP2007 ")
          .contains("spawn.proxy.bytes-in-flight", "did not take effect");
      assertThat(host.calls()).isEmpty();

      gate.countDown();
      assertThat(waiting.get(20, TimeUnit.SECONDS).getStatus().getStatus()).isEqualTo(Status.OK);
      for (int i = 0; i < 10; i++) { // more than there is memory for, one after the other
        assertThat(proxy.invoke(other).getStatus().getStatus()).isEqualTo(Status.OK);
      }
    }
  }

  private static InvocationResponse invoke(RunningProxy proxy, InvocationRequest.Builder call) {
    try {
      return proxy.invoke(call);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static InvocationRequest.Builder sixtyKilobytes(String actor, String action) {
    return request(actor, action)
        .setValue(
            Any.newBuilder()
                .setTypeUrl("type.googleapis.com/test.Bytes")
                .setValue(ByteString.copyFrom(new byte[60_000])));
  }
}
