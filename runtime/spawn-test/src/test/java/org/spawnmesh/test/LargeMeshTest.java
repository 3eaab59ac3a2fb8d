package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.Mesh;
import org.spawnmesh.cluster.MeshSettings;
import org.spawnmesh.cluster.MeshStatus;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.NodeSettings;
import org.spawnmesh.runtime.NodeStatus;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.InMemoryStateStore;

/**
 * What it costs a mesh of hundreds of nodes when one comes, leaves or dies. {@code
 * docs/explanation/scale.md} quotes what it prints.
 */
class LargeMeshTest {

  private static final int NODES = Integer.getInteger("spawn.large.nodes", 200);
  private static final int ACTORS = Integer.getInteger("spawn.large.actors", 100_000);

  private static final ActorType TYPE = new ActorType("large", "Counter");
  private static final Duration STEP = Duration.ofMillis(5);

  private final SeededExecutor executor = new SeededExecutor(new Random(4));
  private final VirtualTimers time = new VirtualTimers();
  private final InMemoryStateStore stored = new InMemoryStateStore();
  private final SimulatedMembership service =
      new SimulatedMembership(time, Duration.ofSeconds(4), () -> Duration.ofMillis(20));
  private final SimulatedNetwork network =
      new SimulatedNetwork(time, () -> Duration.ofMillis(1), () -> null);
  private final List<Life> lives = new ArrayList<>();

  /** One process. */
  private final class Life {

    private final SimulatedProcess process = new SimulatedProcess(executor, time);
    private final SimulatedNetwork.Station station = network.station(process);
    private final SimulatedMembership.Client client = service.client(process, process);
    private final Mesh mesh =
        new Mesh(MeshSettings.of("n" + lives.size()), client, station, process, process);
    private final SpawnNode node =
        SpawnNode.builder(new DurableStore(stored))
            .cluster(mesh)
            .settings(NodeSettings.DEFAULTS.withWriters(1))
            .timers(process)
            .clock(time)
            .turns(process)
            .writers(process)
            .heapInUse(() -> 0)
            .build();

    Life() {
      node.register(
          ActorDefinition.of(TYPE, Kind.UNNAMED, parts -> parts.stateful(true).actions("add")),
          call -> HostReply.of(Payload.NONE, next(call.state())));
      node.starting();
    }

    boolean isRunning() {
      return process.isRunning() && node.status() != NodeStatus.STOPPED;
    }
  }

  private static final class DurableStore extends ForwardingStore {

    DurableStore(InMemoryStateStore store) {
      super(store);
    }

    @Override
    public boolean isVolatile() {
      return false;
    }
  }

  private static Payload next(@Nullable Payload state) {
    return Payload.of("text", (count(state) + 1 + "").getBytes(StandardCharsets.UTF_8));
  }

  private static int count(@Nullable Payload state) {
    return state == null ? 0 : Integer.parseInt(new String(state.bytes(), StandardCharsets.UTF_8));
  }

  @Test
  void aViewChangeSettlesInSecondsAndCostsTheServiceNextToNothing() {
    long begun = System.nanoTime();
    measure("start of " + NODES + " nodes", NODES, () -> start(NODES));
    callAll();
    Map<ActorId, Member> before = owners();
    measure("one joins", NODES + 1, () -> start(1));
    assertFewMoved(before, NODES + 1);
    before = owners();
    measure("one leaves", NODES, () -> lives.get(NODES / 2).node.draining());
    assertFewMoved(before, NODES);
    before = owners();
    measure("one dies", NODES - 1, () -> kill(lives.get(NODES / 3)));
    assertFewMoved(before, NODES);
    callAll();
    assertThat(actors().allMatch(actor -> count(stored.load(actor).orElseThrow().state()) == 2))
        .as("each change once, and none lost")
        .isTrue();
    System.out.printf(
        "%d nodes, %d actors: %.1f s of real time%n",
        NODES, ACTORS, (System.nanoTime() - begun) / 1e9);
  }

  private void start(int count) {
    for (int i = 0; i < count; i++) {
      lives.add(new Life());
    }
  }

  private static void kill(Life life) {
    life.process.kill();
    life.station.kill();
    life.client.vanish();
  }

  /** Does something, and waits until a view of so many members has come to all, and settled. */
  private void measure(String what, int members, Runnable change) {
    long view = stored.view().number();
    long writes = service.writes();
    long messages = network.sent();
    long from = time.nanoTime();
    change.run();
    while (!isSettled(members)) {
      assertThat(time.nanoTime() - from).as(what).isLessThan(Duration.ofSeconds(5).toNanos());
      pass();
    }
    long settled = time.nanoTime();
    while (time.nanoTime() - settled < Duration.ofMillis(200).toNanos()) {
      pass(); // what is still under way
    }
    System.out.printf(
        "%s: settled in %d ms, %d views, %d writes to the service, %d messages between nodes%n",
        what,
        (settled - from) / 1_000_000,
        stored.view().number() - view,
        service.writes() - writes,
        network.sent() - messages);
  }

  private void pass() {
    executor.runAll();
    time.advance(STEP);
    executor.runAll();
  }

  private boolean isSettled(int members) {
    long view = stored.view().number();
    return stored.view().members().size() == members
        && lives.stream()
            .filter(Life::isRunning)
            .map(life -> life.mesh.status())
            .allMatch(status -> status.view() == view && isOpen(status));
  }

  private static boolean isOpen(MeshStatus status) {
    return status.shards().values().stream().allMatch(shards -> shards.opening() == 0);
  }

  private static Stream<ActorId> actors() {
    return IntStream.range(0, ACTORS).mapToObj(i -> new ActorId(TYPE, "c" + i));
  }

  /** Each actor once, from some node. */
  private void callAll() {
    List<SpawnNode> nodes = lives.stream().filter(Life::isRunning).map(life -> life.node).toList();
    List<ActorId> all = actors().toList();
    int[] answered = {0};
    for (int i = 0; i < all.size(); i++) {
      nodes
          .get(i % nodes.size())
          .invoke(Invocation.ask(all.get(i), "add", Payload.NONE))
          .thenAccept(
              answer -> {
                assertThat(answer).isInstanceOf(Answer.Ok.class);
                answered[0]++;
              });
      if (i % 1_000 == 0) {
        pass();
      }
    }
    for (int i = 0; i < 100 && answered[0] < all.size(); i++) {
      pass();
    }
    assertThat(answered[0]).isEqualTo(all.size());
  }

  private Map<ActorId, Member> owners() {
    Mesh any = lives.getLast().mesh;
    Map<ActorId, Member> owners = new HashMap<>();
    actors().forEach(actor -> owners.put(actor, any.owner(actor)));
    return owners;
  }

  /** One of {@code nodes} has come or gone: its share, and a twentieth for chance. */
  private void assertFewMoved(Map<ActorId, Member> before, int nodes) {
    Map<ActorId, Member> after = owners();
    long moved = actors().filter(actor -> !after.get(actor).equals(before.get(actor))).count();
    System.out.printf("  %d of %d actors moved%n", moved, ACTORS);
    assertThat((double) moved / ACTORS).isLessThan(1.0 / nodes + 0.05);
  }
}
