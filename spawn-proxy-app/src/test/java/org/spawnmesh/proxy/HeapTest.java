package org.spawnmesh.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.proxy.RunningProxy.actor;
import static org.spawnmesh.proxy.RunningProxy.registration;
import static org.spawnmesh.proxy.RunningProxy.request;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.RegistrationResponse;
import org.spawnmesh.protocol.RequestStatus;
import org.spawnmesh.protocol.SpawnRequest;
import org.spawnmesh.protocol.SpawnResponse;
import org.spawnmesh.protocol.Status;
import org.spawnmesh.protocol.actors.Actor;
import org.spawnmesh.protocol.actors.Kind;
import org.spawnmesh.proxy.host.Leaks;
import org.spawnmesh.proxy.host.Mutations;
import org.spawnmesh.proxy.host.RawHost;

/** Bad input from both sides for a while: every request is answered, and nothing of it stays. */
class HeapTest {

  /** Requests in one half of the run; what each half would leave behind shows in the other. */
  private static final int HALF = Integer.getInteger("spawn.fuzz.requests", 6_000);

  private static final int CALLERS = 8;

  /** Of a request in ten, so that one that is kept is seen. */
  private static final int LARGE = 64 << 10;

  /** Measured are tens of kilobytes; what leaves 500 bytes behind for each request is found. */
  private static final long MARGIN = 3L << 20;

  private static final String ACTORS = "/api/v1/system/shop/actors/";

  @TempDir Path directory;

  @Test
  void nothingOfBadInputStays() throws Exception {
    Leaks.forget();
    AtomicBoolean calm = new AtomicBoolean();
    Random replies = new Random(7);
    try (RawHost host =
        new RawHost(
            peer -> {
              while (peer.next() != null) {
                byte[] answer;
                synchronized (replies) {
                  answer =
                      calm.get() || replies.nextInt(3) > 0
                          ? Mutations.plainAnswer()
                          : Mutations.mutatedAnswer(replies);
                }
                peer.write(answer);
              }
            })) {
      try (RunningProxy proxy =
          RunningProxy.start(
              directory,
              host.address().port(),
              "spawn.proxy.host.timeout=100ms",
              "spawn.proxy.host.circuit.slow-after=1h",
              "logging.level.org.spawnmesh=error")) {
        proxy.register(actors());
        fuzz(proxy, HALF / 2, 1); // what is loaded and cached once
        fuzz(proxy, HALF, 2);
        host.requests.clear();
        long middle = usedHeap();

        fuzz(proxy, HALF, 3);
        host.requests.clear();
        long end = usedHeap();

        assertThat(end - middle).as("bytes from the middle to the end").isLessThan(MARGIN);
        calm.set(true);
        for (int i = 0; i < 10; i++) {
          assertThat(proxy.invoke("cart-" + i, "add").getStatus().getStatus()).isEqualTo(Status.OK);
        }
      }
    }
    Leaks.expectNone();
  }

  private static Actor.Builder[] actors() {
    return new Actor.Builder[] {
      actor(Kind.NAMED, "joe", "add"),
      actor(Kind.UNNAMED, "cart", "add"),
      actor(Kind.POOLED, "pool", "add")
    };
  }

  private static void fuzz(RunningProxy proxy, int requests, long seed) throws Exception {
    List<Future<?>> callers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int caller = 0; caller < CALLERS; caller++) {
        Random random = new Random(seed * 1_000 + caller);
        callers.add(
            threads.submit(
                () -> {
                  for (int i = 0; i < requests / CALLERS; i++) {
                    send(proxy, random);
                  }
                  return null;
                }));
      }
      for (Future<?> caller : callers) {
        caller.get();
      }
    }
  }

  private static void send(RunningProxy proxy, Random random) throws Exception {
    int kind = random.nextInt(100);
    if (kind < 3) {
      byte[] body = bad(random, registration(actors()).toByteArray());
      coded(RegistrationResponse.parseFrom(post(proxy, "/api/v1/system", body)).getStatus());
    } else if (kind < 20) {
      SpawnRequest.Builder spawn = SpawnRequest.newBuilder();
      spawn.addActorsBuilder().setName(name(random)).setParent("cart");
      byte[] body = bad(random, spawn.build().toByteArray());
      coded(SpawnResponse.parseFrom(post(proxy, ACTORS + "spawn", body)).getStatus());
    } else {
      var call = request(name(random), "add").setRegisterRef("cart").putMetadata("a", "b");
      if (random.nextInt(10) == 0) {
        call.setValue(
            Any.newBuilder()
                .setTypeUrl("type.googleapis.com/test.Bytes")
                .setValue(ByteString.copyFrom(new byte[LARGE])));
      }
      byte[] body = call.build().toByteArray();
      byte[] sent = random.nextBoolean() ? body : bad(random, body);
      coded(InvocationResponse.parseFrom(post(proxy, ACTORS + "x/invoke", sent)).getStatus());
    }
  }

  /** Few, so that what is spawned is not what grows. */
  private static String name(Random random) {
    return "cart-" + random.nextInt(50);
  }

  private static byte[] bad(Random random, byte[] body) {
    return random.nextInt(4) == 0
        ? Mutations.noise(random)
        : Mutations.mutate(random, body, 1 + random.nextInt(3));
  }

  private static byte[] post(RunningProxy proxy, String path, byte[] body) throws Exception {
    HttpResponse<byte[]> response = proxy.post(path, body);
    assertThat(response.body()).isNotEmpty();
    return response.body();
  }

  private static void coded(RequestStatus status) {
    assertThat(status.getStatus()).isNotEqualTo(Status.UNKNOWN);
    if (status.getStatus() != Status.OK) {
      assertThat(status.getMessage()).matches("(?s)SP\\d{4} .*");
    }
  }

  /** What is reachable: the least that is left after several collections. */
  private static long usedHeap() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
