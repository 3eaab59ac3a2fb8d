package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.test.NodeFixture.await;
import static org.spawnmesh.test.NodeFixture.id;
import static org.spawnmesh.test.NodeFixture.payload;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.ChannelDefinition;
import org.spawnmesh.actor.Durability;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.NodeSettings;
import org.spawnmesh.runtime.Share;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.OutboxEntry;
import org.spawnmesh.test.FaultyStateStore.CommitFault;

/** Broadcasts that are written down with the state of whoever sent them. */
class DurableBroadcastTest {

  /** Virtual time runs far ahead of the threads: a call that is under way must not be late. */
  private static final Duration FOREVER = Duration.ofDays(365);

  private static final ActorId NEWS = id("News", "n");

  private final InMemoryStateStore stored = new InMemoryStateStore();
  private final Map<String, Integer> heard = new ConcurrentHashMap<>();
  private final AtomicInteger failures = new AtomicInteger();

  private static NodeSettings patient(NodeSettings settings) {
    return settings.withTimeout(FOREVER);
  }

  private static List<ChannelDefinition> prices(String action) {
    return List.of(new ChannelDefinition("prices", action), new ChannelDefinition("weather", ""));
  }

  private NodeFixture fixture(Durability durability) {
    return new NodeFixture(DurableBroadcastTest::patient, stored)
        .host(
            "News",
            Kind.UNNAMED,
            b -> b.stateful(true).durability(durability).actions("publish"),
            DurableBroadcastTest::publish)
        .host("Audit", Kind.NAMED, b -> b.actions("note").channels(prices("note")), this::audit)
        .host(
            "Pool",
            Kind.POOLED,
            b -> b.stateful(false).actions("receive").channels(prices("")),
            this::hear)
        .host(
            "Cart",
            Kind.UNNAMED,
            b -> b.actions("open", "receive").channels(prices("")),
            this::hear);
  }

  private static HostReply publish(HostCall call) {
    return HostReply.of(Payload.NONE, payload(NodeFixture.number(call.state()) + 1))
        .withBroadcast(new Broadcast("prices", "", call.payload()).lasting());
  }

  private HostReply audit(HostCall call) {
    if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      throw new IllegalStateException("not now");
    }
    return hear(call);
  }

  private HostReply hear(HostCall call) {
    heard.merge(
        call.actor().shortName() + "." + call.action() + " " + NodeFixture.text(call.payload()),
        1,
        Integer::sum);
    return HostReply.of(Payload.NONE);
  }

  private static boolean isDelivered(NodeFixture mesh) {
    mesh.timers.advance(Duration.ofMillis(100));
    return mesh.stored.agenda().outbox(NEWS, 0, 1).isEmpty();
  }

  @Test
  void namedActorsAndPoolsAreWrittenToAndOthersToldIfTheyAreInMemory() {
    try (var mesh = fixture(Durability.COMMIT).start()) {
      mesh.send("Cart", "a", "open", "").answer().orThrow();
      heard.clear();
      failures.set(3);
      mesh.send("News", "n", "publish", "tea 3.20").answer().orThrow();
      mesh.send("News", "n", "publish", "tea 3.10").answer().orThrow();
      await(() -> isDelivered(mesh) && heard.size() == 6);
      assertThat(heard)
          .isEqualTo(
              Map.of(
                  "Audit/Audit.note tea 3.20", 1,
                  "Audit/Audit.note tea 3.10", 1,
                  "Pool/Pool.receive tea 3.20", 1,
                  "Pool/Pool.receive tea 3.10", 1,
                  "Cart/a.receive tea 3.20", 1,
                  "Cart/a.receive tea 3.10", 1));
    }
  }

  @Test
  void theNextNodeDeliversWhatWasNotHeard() {
    failures.set(Integer.MAX_VALUE);
    try (var mesh = fixture(Durability.COMMIT).start()) {
      mesh.send("News", "n", "publish", "tea 3.20").answer().orThrow();
      await(() -> heard.size() == 1); // the pool
    }
    assertThat(stored.agenda().outbox(NEWS, 0, 10))
        .extracting(OutboxEntry::target)
        .contains(id("Audit", "Audit")); // the pool's, too, if it could not be taken out any more
    failures.set(0);
    try (var mesh = fixture(Durability.COMMIT).start()) {
      await(() -> isDelivered(mesh) && heard.size() == 2);
      assertThat(heard).containsEntry("Audit/Audit.note tea 3.20", 1);
    }
  }

  @Test
  void whatDidNotBecomeDurableIsNotHeard() {
    try (var mesh = fixture(Durability.COMMIT).start()) {
      mesh.store.failCommits(CommitFault.UNAVAILABLE);
      mesh.send("News", "n", "publish", "a rumour").failure();
      mesh.send("News", "n", "publish", "tea 3.20").answer().orThrow();
      await(() -> isDelivered(mesh) && heard.size() == 2);
      assertThat(heard.keySet()).allMatch(each -> each.endsWith("tea 3.20"));
    }
  }

  @Test
  void whoDoesNotCommitItsTurnsSendsAsIfItWereNotDurable() {
    try (var mesh = fixture(new Durability.Snapshot(Duration.ofDays(1))).start()) {
      mesh.send("News", "n", "publish", "tea 3.20").answer().orThrow();
      await(() -> heard.size() == 2);
      assertThat(heard)
          .isEqualTo(Map.of("Audit/Audit.note tea 3.20", 1, "Pool/Pool.receive tea 3.20", 1));
      assertThat(stored.agenda().outbox(NEWS, 0, 1)).isEmpty();
    }
  }

  @Test
  void nobodyWritesToATypeThatIsServedNoMore() {
    try (var mesh = fixture(Durability.COMMIT).start()) {
      mesh.node.share(List.of(id("Pool", "Pool").type()), Share.NONE);
      mesh.send("News", "n", "publish", "tea 3.20").answer().orThrow();
      assertThat(stored.agenda().outbox(NEWS, 0, 10))
          .extracting(OutboxEntry::target)
          .doesNotContain(id("Pool", "Pool"));
      await(() -> isDelivered(mesh) && heard.size() == 1);
      assertThat(heard).containsOnlyKeys("Audit/Audit.note tea 3.20");
    }
  }

  @Test
  void inAMeshEachListenerHearsItOnceWhereverItIs() {
    try (TestMesh mesh = TestMesh.of(3)) {
      failures.set(2);
      // node 1 alone knows what this one listens to, but for the view
      mesh.hostOn(
          1,
          define("Audit", Kind.NAMED, b -> b.actions("note").channels(prices("note"))),
          this::audit);
      mesh.host(
          define("Board", Kind.NAMED, b -> b.actions("receive").channels(prices(""))), this::hear);
      mesh.host(
          define("Cart", Kind.UNNAMED, b -> b.actions("open", "receive").channels(prices(""))),
          this::hear);
      mesh.host(
          define("News", Kind.UNNAMED, b -> b.stateful(true).actions("publish")),
          DurableBroadcastTest::publish);
      for (int i = 0; i < 6; i++) {
        call(mesh, i % 3, ActorId.of("shop", "Cart", "c" + i), "open", "");
      }
      heard.clear();
      for (int i = 0; i < 3; i++) {
        call(mesh, i, ActorId.of("shop", "News", "n" + i), "publish", "from " + i);
      }
      mesh.await(
          () -> {
            mesh.advance(Duration.ofMillis(20));
            return heard.size() == 3 * 8;
          });
      // each node has taken what came before this
      for (int i = 0; i < 6; i++) {
        call(mesh, i % 3, ActorId.of("shop", "Cart", "c" + i), "open", "");
      }
      assertThat(heard)
          .containsEntry("Audit/Audit.note from 0", 1)
          .containsEntry("Board/Board.receive from 2", 1);
      heard.keySet().removeIf(each -> each.contains(".open"));
      assertThat(heard.values()).containsOnly(1);
    }
  }

  private static ActorDefinition define(
      String type, Kind kind, java.util.function.Consumer<ActorDefinition.Builder> parts) {
    return ActorDefinition.of(new ActorType("shop", type), kind, parts);
  }

  private static void call(TestMesh mesh, int node, ActorId actor, String action, String text) {
    mesh.node(node)
        .invoke(Invocation.ask(actor, action, payload(text)))
        .toCompletableFuture()
        .join()
        .orThrow();
  }
}
