package org.spawnmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.cluster.Standalone;
import org.spawnmesh.host.ActionFailedException;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.NodeSettings;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.spring.SagaStatus.Phase;
import org.spawnmesh.spring.payload.PayloadCodecs;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.test.FaultyStateStore;
import org.spawnmesh.test.SimulatedProcess;
import org.spawnmesh.test.VirtualTimers;
import tools.jackson.databind.json.JsonMapper;

/** A saga takes effect as a whole or not at all, wherever its node dies. */
class SagaTest {

  record Order(String item, String customer, int price) {}

  private static final PayloadCodecs CODECS = new PayloadCodecs(JsonMapper.builder().build());

  private static final Saga<Order> CHECKOUT =
      Saga.of("Checkout", Order.class)
          .step("reserve", order -> Saga.Call.to("Tally", order.item(), "add", 1))
          .undo(order -> Saga.Call.to("Tally", order.item(), "add", -1))
          .step("note", order -> Saga.Call.to("Tally", "notes", "add", 1))
          .step("pay", order -> Saga.Call.to("Tally", order.customer(), "pay", order.price()))
          .build();

  /** One node after the other on one store, on real threads and in virtual time. */
  private static final class World implements AutoCloseable {

    final VirtualTimers timers = new VirtualTimers();
    final InMemoryStateStore stored = new InMemoryStateStore();
    final FaultyStateStore store = new FaultyStateStore(stored);

    /** Points at which the process may die: before and after each turn of an actor. */
    final AtomicInteger points = new AtomicInteger();

    int dieAt = -1;
    final AtomicBoolean unreachable = new AtomicBoolean();
    private SimulatedProcess process = newProcess();
    SpawnNode node = start();

    private SimulatedProcess newProcess() {
      return new SimulatedProcess(task -> Thread.ofVirtual().start(task), timers);
    }

    private SpawnNode start() {
      SimulatedProcess mine = process;
      SpawnNode fresh =
          SpawnNode.builder(store)
              .cluster(new Standalone("saga", Duration.ZERO))
              .settings(NodeSettings.DEFAULTS.withMemoryPressure(1))
              .timers(mine)
              .clock(timers)
              .turns(mine)
              .writers(mine)
              .heapInUse(() -> 0)
              .build();
      Mesh mesh = new Mesh(fresh, "shop", CODECS);
      SagaHost<Order> host = new SagaHost<>(CHECKOUT, mesh);
      fresh.register(
          SagaHost.definition(CHECKOUT, "shop"),
          call -> {
            if (call.action().equals(Saga.STATUS)) {
              return host.call(call); // asked as often as the test likes
            }
            point(mine);
            HostReply reply = host.call(call);
            point(mine);
            return reply;
          });
      fresh.register(
          ActorDefinition.of(
              new ActorType("shop", "Tally"),
              Kind.UNNAMED,
              b -> b.stateful(true).actions("add", "pay")),
          call -> {
            point(mine);
            HostReply reply = tally(call);
            point(mine);
            return reply;
          });
      fresh.start();
      return fresh;
    }

    private HostReply tally(HostCall call) {
      if (unreachable.get() && call.action().equals("pay")) {
        throw new ActionFailedException(
            Failure.notExecuted(FailureCode.HOST_UNAVAILABLE, "The till is away"), null);
      }
      int amount = (int) Objects.requireNonNull(CODECS.of(Integer.class).decode(call.payload()));
      if (call.action().equals("pay") && amount > 100) {
        throw new IllegalStateException("too expensive");
      }
      return HostReply.of(Payload.NONE, text(number(call.state()) + amount));
    }

    private void point(SimulatedProcess mine) {
      if (points.incrementAndGet() == dieAt) {
        mine.kill();
      }
    }

    Actors actors() {
      return Actors.of(node, "shop", CODECS);
    }

    int tally(String name) {
      return number(
          stored.load(ActorId.of("shop", "Tally", name)).map(Snapshot::state).orElse(null));
    }

    private static int number(@Nullable Payload state) {
      return state == null
          ? 0
          : Integer.parseInt(new String(state.bytes(), StandardCharsets.UTF_8));
    }

    private static Payload text(int value) {
      return Payload.of("text", Integer.toString(value).getBytes(StandardCharsets.UTF_8));
    }

    void restart() {
      process.kill();
      dieAt = -1;
      stored.breakStandaloneLock();
      process = newProcess();
      node = start();
    }

    /** Lets time pass until it is so; gives up after ten seconds of real time. */
    void await(BooleanSupplier condition) {
      long end = System.nanoTime() + Duration.ofSeconds(10).toNanos();
      while (!condition.getAsBoolean()) {
        assertThat(System.nanoTime()).as("waited in vain").isLessThan(end);
        timers.advance(Duration.ofMillis(10));
        Thread.yield();
      }
    }

    @Override
    public void close() {
      process.kill();
    }
  }

  private static boolean isOver(World world) {
    SagaStatus status = CHECKOUT.status(world.actors(), "o1");
    return status != null && status.isOver();
  }

  @Test
  void allStepsTakeEffect() {
    try (World world = new World()) {
      SagaStatus started = CHECKOUT.start(world.actors(), "o1", new Order("tea", "ada", 8));
      assertThat(started.phase()).isEqualTo(Phase.RUNNING);
      world.await(() -> isOver(world));
      assertThat(CHECKOUT.status(world.actors(), "o1"))
          .isEqualTo(new SagaStatus(Phase.DONE, null, null));
      assertThat(world.tally("tea")).isEqualTo(1);
      assertThat(world.tally("notes")).isEqualTo(1);
      assertThat(world.tally("ada")).isEqualTo(8);
      CHECKOUT.start(world.actors(), "o1", new Order("milk", "bob", 3));
      assertThat(CHECKOUT.status(world.actors(), "o1")).isNotNull();
      assertThat(world.tally("milk")).as("it was started before").isZero();
    }
  }

  @Test
  void whatFailsForGoodIsMadeGood() {
    try (World world = new World()) {
      CHECKOUT.start(world.actors(), "o1", new Order("tea", "ada", 800));
      world.await(() -> isOver(world));
      SagaStatus status = Objects.requireNonNull(CHECKOUT.status(world.actors(), "o1"));
      assertThat(status.phase()).isEqualTo(Phase.COMPENSATED);
      assertThat(status.reason()).contains("too expensive");
      assertThat(world.tally("tea")).isZero();
      assertThat(world.tally("notes")).as("needs nothing").isEqualTo(1);
      assertThat(world.tally("ada")).isZero();
    }
  }

  @Test
  void whatCannotBeReachedIsTriedUntilItCan() {
    try (World world = new World()) {
      world.unreachable.set(true);
      CHECKOUT.start(world.actors(), "o1", new Order("tea", "ada", 8));
      world.await(
          () -> {
            SagaStatus status = CHECKOUT.status(world.actors(), "o1");
            return status != null && status.reason() != null;
          });
      assertThat(CHECKOUT.status(world.actors(), "o1"))
          .isEqualTo(new SagaStatus(Phase.RUNNING, "pay", "The till is away"));
      world.restart();
      world.unreachable.set(false);
      world.await(() -> isOver(world));
      assertThat(world.tally("ada")).isEqualTo(8);
    }
  }

  /** The process dies before or after a turn, of the saga or of a step, whose commit is lost. */
  @ParameterizedTest
  @ValueSource(ints = {8, 800})
  void aCrashAtAnyPointChangesNothingOfTheEnd(int price) {
    int points;
    try (World world = new World()) {
      CHECKOUT.start(world.actors(), "o1", new Order("tea", "ada", price));
      world.await(() -> isOver(world));
      points = world.points.get();
    }
    assertThat(points).isGreaterThan(12);
    for (int dieAt = 1; dieAt <= points; dieAt++) {
      try (World world = new World()) {
        world.dieAt = dieAt;
        Actors before = world.actors();
        Thread.ofVirtual()
            .start(() -> CHECKOUT.start(before, "o1", new Order("tea", "ada", price)));
        int point = dieAt;
        world.await(() -> world.points.get() >= point);
        world.restart();
        CHECKOUT.start(world.actors(), "o1", new Order("tea", "ada", price));
        world.await(() -> isOver(world));
        assertThat(world.tally("tea")).as("dies at %d", dieAt).isEqualTo(price > 100 ? 0 : 1);
        assertThat(world.tally("notes")).as("dies at %d", dieAt).isEqualTo(1);
        assertThat(world.tally("ada")).as("dies at %d", dieAt).isEqualTo(price > 100 ? 0 : price);
      }
    }
  }
}
