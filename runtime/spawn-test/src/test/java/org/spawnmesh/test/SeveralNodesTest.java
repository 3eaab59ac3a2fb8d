package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.ChannelDefinition;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;

/** What users of a mesh of several nodes rely on, on real threads. */
@Timeout(60)
class SeveralNodesTest {

  private static final ActorType COUNTER = new ActorType("shop", "Counter");

  private static ActorId counter(int i) {
    return new ActorId(COUNTER, "c" + i);
  }

  private static ActorDefinition stateful(String type, String... actions) {
    return define(type, Kind.UNNAMED, b -> b.stateful(true).actions(actions));
  }

  private static ActorDefinition define(
      String type, Kind kind, Consumer<ActorDefinition.Builder> parts) {
    return ActorDefinition.of(new ActorType("shop", type), kind, parts);
  }

  private static TestMesh counters(int nodes) {
    return TestMesh.of(nodes).host(stateful("Counter", "add", "read"), NodeFixture::count);
  }

  private static Payload text(Object value) {
    return Payload.of("text", value.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Answer answer) {
    return new String(answer.orThrow().bytes(), StandardCharsets.UTF_8);
  }

  private static String add(TestMesh mesh, int node, ActorId actor) {
    return text(ask(mesh, node, actor, "add", 1).join());
  }

  private static CompletableFuture<Answer> ask(
      TestMesh mesh, int node, ActorId actor, String action, Object payload) {
    return mesh.node(node)
        .invoke(Invocation.ask(actor, action, text(payload)))
        .toCompletableFuture();
  }

  private static Set<Integer> owners(TestMesh mesh, int actors) {
    return IntStream.range(0, actors)
        .mapToObj(i -> mesh.ownerOf(counter(i)))
        .collect(Collectors.toSet());
  }

  @Test
  void actorsAreSpreadAndEveryNodeReachesThem() {
    try (TestMesh mesh = counters(3)) {
      for (int i = 0; i < 40; i++) {
        assertThat(add(mesh, i % 3, counter(i))).isEqualTo("1");
        assertThat(add(mesh, (i + 1) % 3, counter(i))).isEqualTo("2");
      }
      assertThat(owners(mesh, 40)).containsExactlyInAnyOrder(0, 1, 2);
    }
  }

  @Test
  void nothingIsLostWhenTheOwnerIsKilled() {
    try (TestMesh mesh = counters(3)) {
      for (int i = 0; i < 30; i++) {
        add(mesh, 0, counter(i));
      }
      mesh.kill(2);
      for (int i = 0; i < 30; i++) {
        assertThat(add(mesh, i % 2, counter(i))).isEqualTo("2");
      }
      mesh.restart(2);
      for (int i = 0; i < 30; i++) {
        assertThat(add(mesh, 2, counter(i))).isEqualTo("3");
      }
      assertThat(owners(mesh, 30)).contains(2);
    }
  }

  @Test
  void theKilledLeaderIsReplaced() {
    try (TestMesh mesh = counters(3)) {
      add(mesh, 0, counter(1));
      mesh.kill(0);
      assertThat(add(mesh, 1, counter(1))).isEqualTo("2");
      mesh.kill(1);
      assertThat(add(mesh, 2, counter(1))).isEqualTo("3");
    }
  }

  @Test
  void anOrderlyStopFailsNoCallAndReadsNothing() throws Exception {
    try (TestMesh mesh = counters(3)) {
      int actors = 60;
      for (int i = 0; i < actors; i++) {
        add(mesh, 0, counter(i));
      }
      long loads = mesh.loads();
      CountDownLatch running = new CountDownLatch(200);
      List<Answer> failed = new CopyOnWriteArrayList<>();
      Map<Integer, Integer> sent = new HashMap<>();
      Thread stopping = Thread.ofVirtual().unstarted(() -> mesh.stop(2));
      List<CompletableFuture<?>> all = new ArrayList<>();
      for (int n = 0; n < 4_000; n++) {
        int i = n % actors;
        sent.merge(i, 1, Integer::sum);
        all.add(
            ask(mesh, n % 2, counter(i), "add", 1)
                .thenAccept(
                    answer -> {
                      running.countDown();
                      if (answer instanceof Answer.Failed) {
                        failed.add(answer);
                      }
                    }));
        if (n == 500) {
          running.await(10, TimeUnit.SECONDS);
          stopping.start();
        }
      }
      all.forEach(CompletableFuture::join);
      stopping.join();
      assertThat(failed).isEmpty();
      for (int i = 0; i < actors; i++) {
        assertThat(text(ask(mesh, 0, counter(i), "read", "").join()))
            .isEqualTo("" + (1 + sent.get(i)));
      }
      assertThat(mesh.loads()).as("loads during a warm hand-over").isEqualTo(loads);
      assertThat(owners(mesh, actors)).containsExactlyInAnyOrder(0, 1);
    }
  }

  @Test
  void callsWaitWhileAnActorMoves() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    try (TestMesh mesh =
        TestMesh.of(2)
            .host(
                stateful("Counter", "add", "read", "slow"),
                call -> {
                  if (call.action().equals("slow")) {
                    entered.countDown();
                    NodeFixture.await(() -> leave.getCount() == 0);
                    return NodeFixture.count(
                        new HostCall(
                            new Invocation(
                                call.actor(),
                                "add",
                                text(1),
                                Invocation.Mode.ASK,
                                call.deadline(),
                                null,
                                null,
                                Map.of(),
                                0),
                            call.deadline(),
                            call.state(),
                            call.tags(),
                            call.revision()));
                  }
                  return NodeFixture.count(call);
                })) {
      ActorId actor = ownedBy(mesh, 1);
      CompletableFuture<Answer> slow = ask(mesh, 0, actor, "slow", "");
      entered.await(10, TimeUnit.SECONDS);
      Thread stopping = Thread.ofVirtual().start(() -> mesh.stop(1));
      mesh.await(() -> mesh.ownerOf(actor) == 0);
      CompletableFuture<Answer> waiting = ask(mesh, 0, actor, "add", 1);
      assertThat(waiting).isNotDone();
      leave.countDown();
      assertThat(text(slow.join())).isEqualTo("1");
      assertThat(text(waiting.join())).isEqualTo("2");
      stopping.join();
    }
  }

  private static ActorId ownedBy(TestMesh mesh, int node) {
    return IntStream.range(0, 1_000)
        .mapToObj(SeveralNodesTest::counter)
        .filter(actor -> mesh.ownerOf(actor) == node)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aBroadcastReachesEachSubscriberOnce() {
    Map<String, Integer> heard = new ConcurrentHashMap<>();
    try (TestMesh mesh = TestMesh.of(3)) {
      mesh.host(
          define(
              "Listener",
              Kind.UNNAMED,
              b ->
                  b.actions("wake", "news")
                      .channels(List.of(new ChannelDefinition("news", "news")))),
          call -> hear(heard, call));
      mesh.host(
          define(
              "Board",
              Kind.NAMED,
              b -> b.actions("news").channels(List.of(new ChannelDefinition("news", "news")))),
          call -> hear(heard, call));
      mesh.host(
          define(
              "Pool",
              Kind.POOLED,
              b ->
                  b.stateful(false)
                      .actions("news")
                      .channels(List.of(new ChannelDefinition("news", "news")))),
          call -> hear(heard, call));
      mesh.host(
          stateful("Sender", "send"),
          call -> HostReply.of(Payload.NONE).withBroadcast(new Broadcast("news", "", text("hi"))));
      Map<String, Integer> expected = new HashMap<>();
      for (int i = 0; i < 20; i++) {
        ActorId listener = ActorId.of("shop", "Listener", "l" + i);
        ask(mesh, i % 3, listener, "wake", "").join().orThrow();
        expected.put(listener.name(), 1);
      }
      expected.put("Board", 1);
      expected.put("Pool", 1);
      ask(mesh, 0, ActorId.of("shop", "Sender", "s"), "send", "").join().orThrow();
      mesh.await(() -> heard.size() == expected.size());
      // each node has taken what came before this
      for (int i = 0; i < 20; i++) {
        ask(mesh, i % 3, ActorId.of("shop", "Listener", "l" + i), "wake", "").join().orThrow();
      }
      assertThat(heard).isEqualTo(expected);
    }
  }

  private static HostReply hear(Map<String, Integer> heard, HostCall call) {
    if (call.action().equals("news")) {
      heard.merge(call.actor().name(), 1, Integer::sum);
    }
    return HostReply.of(Payload.NONE);
  }

  @Test
  void aTypeThatOneNodeHostsIsReachedFromAll() {
    try (TestMesh mesh = counters(3)) {
      mesh.hostOn(1, stateful("Printer", "add", "read"), NodeFixture::count);
      ActorId printer = ActorId.of("shop", "Printer", "p");
      for (int i = 0; i < 3; i++) {
        assertThat(add(mesh, i, printer)).isEqualTo("" + (i + 1));
      }
      assertThat(mesh.ownerOf(printer)).isEqualTo(1);
      mesh.kill(1);
      mesh.await(
          () ->
              ask(mesh, 0, printer, "read", "").join() instanceof Answer.Failed failed
                  && failed.failure().code() == FailureCode.UNKNOWN_TYPE);
    }
  }

  @Test
  void anUnknownTypeIsAnsweredAtOnce() {
    try (TestMesh mesh = counters(2)) {
      Answer answer = ask(mesh, 1, ActorId.of("shop", "Nothing", "n"), "add", 1).getNow(null);
      assertThat(((Answer.Failed) answer).failure().code()).isEqualTo(FailureCode.UNKNOWN_TYPE);
    }
  }

  @Test
  void pooledTypesRunWhereTheyAreCalled() {
    try (TestMesh mesh = TestMesh.of(3)) {
      for (int i = 0; i < 3; i++) {
        int node = i;
        mesh.hostOn(
            i,
            define("Pool", Kind.POOLED, b -> b.stateful(false).actions("where")),
            call -> HostReply.of(text(node)));
      }
      for (int i = 0; i < 12; i++) {
        ActorId worker = ActorId.of("shop", "Pool", "Pool");
        assertThat(text(ask(mesh, i % 3, worker, "where", "").join())).isEqualTo("" + i % 3);
      }
    }
  }

  /** A type whose action "via" asks the counter that it is told, or the first of a list. */
  private static HostReply via(TestMesh mesh, int node, HostCall call) {
    String[] rest = new String(call.payload().bytes(), StandardCharsets.UTF_8).split(",", 2);
    if (rest[0].isEmpty()) {
      return HostReply.of(text("end"));
    }
    Answer inner =
        mesh.node(node)
            .invoke(
                new Invocation(
                    new ActorId(COUNTER, rest[0]),
                    "via",
                    text(rest.length > 1 ? rest[1] : ""),
                    Invocation.Mode.ASK,
                    call.deadline(),
                    call.actor(),
                    call.chain(),
                    Map.of(),
                    0))
            .toCompletableFuture()
            .join();
    return HostReply.of(
        text(
            inner instanceof Answer.Failed failed
                ? failed.failure().code().toString()
                : text(inner)));
  }

  private static TestMesh chains(int nodes) {
    TestMesh mesh = TestMesh.of(nodes);
    for (int i = 0; i < nodes; i++) {
      int node = i;
      mesh.hostOn(i, stateful("Counter", "via"), call -> via(mesh, node, call));
    }
    return mesh;
  }

  @Test
  void aCycleOverSeveralNodesIsRefused() {
    try (TestMesh mesh = chains(3)) {
      String zero = ownedBy(mesh, 0).name();
      String one = ownedBy(mesh, 1).name();
      String two = ownedBy(mesh, 2).name();
      ActorId first = new ActorId(COUNTER, zero);
      assertThat(text(ask(mesh, 1, first, "via", one + "," + two).join())).isEqualTo("end");
      assertThat(text(ask(mesh, 1, first, "via", one + "," + two + "," + zero).join()))
          .isEqualTo("CALL_CYCLE");
    }
  }

  @Test
  void aCallFromBehindAClosingGateToTheSameShardDoesNotDeadlock() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch moved = new CountDownLatch(1);
    try (TestMesh mesh = TestMesh.of(2)) {
      for (int i = 0; i < 2; i++) {
        int node = i;
        mesh.hostOn(
            i,
            stateful("Counter", "via"),
            call -> {
              if (call.chain().length() == 1 && entered.getCount() > 0) {
                entered.countDown();
                moved.await();
              }
              return via(mesh, node, call);
            });
      }
      ActorId outer = ownedBy(mesh, 1);
      ActorId inner = neighbour(outer);
      CompletableFuture<Answer> answer = ask(mesh, 0, outer, "via", inner.name());
      entered.await(10, TimeUnit.SECONDS);
      Thread stopping = Thread.ofVirtual().start(() -> mesh.stop(1));
      mesh.await(() -> mesh.ownerOf(outer) == 0);
      moved.countDown();
      assertThat(text(answer.get(10, TimeUnit.SECONDS))).isEqualTo("end");
      stopping.join();
    }
  }

  /**
   * An actor of a shard that moves away waits for one on another node, which calls one of that same
   * shard: only the former owner can run it, and the new one sends it there.
   */
  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void aCallThatComesBackFromAnotherNodeIntoAClosingShardDoesNotWaitForItsDeadline(int middleAt)
      throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch moved = new CountDownLatch(1);
    try (TestMesh mesh = TestMesh.of(3)) {
      for (int i = 0; i < 3; i++) {
        int node = i;
        mesh.hostOn(
            i,
            stateful("Counter", "via"),
            call -> {
              if (call.chain().length() == 1 && entered.getCount() > 0) {
                entered.countDown();
                moved.await();
              }
              return via(mesh, node, call);
            });
      }
      ActorId outer = ownedBy(mesh, 1);
      ActorId middle = ownedBy(mesh, middleAt);
      ActorId inner = neighbour(outer);
      CompletableFuture<Answer> answer =
          ask(mesh, 0, outer, "via", middle.name() + "," + inner.name());
      entered.await(10, TimeUnit.SECONDS);
      Thread stopping = Thread.ofVirtual().start(() -> mesh.stop(1));
      mesh.await(() -> mesh.ownerOf(outer) != 1);
      moved.countDown();
      assertThat(text(answer.get(10, TimeUnit.SECONDS))).isEqualTo("end");
      stopping.join();
    }
  }

  /** Another actor of the same shard, of the 64 of a test mesh. */
  private static ActorId neighbour(ActorId actor) {
    var shard = org.spawnmesh.cluster.Shard.of(actor, 64);
    return IntStream.range(1_000, 100_000)
        .mapToObj(SeveralNodesTest::counter)
        .filter(other -> org.spawnmesh.cluster.Shard.of(other, 64).equals(shard))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theMeshIsRestarted() {
    try (TestMesh mesh = counters(2)) {
      add(mesh, 0, counter(1));
      mesh.restart();
      assertThat(add(mesh, 1, counter(1))).isEqualTo("2");
      mesh.advance(Duration.ofMinutes(5));
      assertThat(add(mesh, 0, counter(1))).isEqualTo("3");
    }
  }
}
