package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.test.NodeFixture.await;
import static org.spawnmesh.test.NodeFixture.id;
import static org.spawnmesh.test.NodeFixture.payload;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.Route;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.LocalNode;
import org.spawnmesh.cluster.Placement;
import org.spawnmesh.cluster.Standalone;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.NodeStatus;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Ledger;
import org.spawnmesh.test.NodeFixture.Pending;

/** What is said of a call that took effect in part, and of one that nobody waits for. */
class UnheardTest {

  // ---- passed on, and failed there ----

  private static HostReply front(HostCall call) {
    HostReply reply =
        switch (call.action()) {
          case "change" -> HostReply.of(payload(1), payload(NodeFixture.number(call.state()) + 1));
          case "tell" ->
              HostReply.of(payload(1))
                  .withEffects(List.of(Effect.of(id("Front", "g"), "change", Payload.NONE)));
          case "announce" ->
              HostReply.of(payload(1)).withBroadcast(new Broadcast("prices", "", Payload.NONE));
          default -> HostReply.of(payload(1));
        };
    Route route =
        NodeFixture.text(call.payload()).equals("pipe")
            ? new Route.Pipe(id("Back", "b"), "nowhere")
            : new Route.Forward(id("Back", "b"), "nowhere");
    return reply.withRoute(route);
  }

  private static NodeFixture relay() {
    return new NodeFixture()
        .host(
            "Front",
            Kind.UNNAMED,
            b -> b.stateful(true).actions("change", "tell", "announce", "look"),
            UnheardTest::front)
        .host("Back", Kind.UNNAMED, b -> b.actions("echo"), call -> HostReply.of(call.payload()))
        .start();
  }

  @Test
  void whatChangedAndWasPassedOnInVainMayHaveTakenEffect() {
    try (var mesh = relay()) {
      for (String action : List.of("change", "tell", "announce")) {
        for (String route : List.of("pipe", "forward")) {
          Failure failure = mesh.send("Front", "f", action, route).failure();
          assertThat(failure.code()).isEqualTo(FailureCode.UNKNOWN_ACTION);
          assertThat(failure.execution()).as("%s, %s", action, route).isEqualTo(Execution.UNKNOWN);
          assertThat(failure.message())
              .contains("Front/f." + action + " took effect", "Back/b.nowhere");
        }
      }
      assertThat(mesh.ask("Front", "f", "get", "")).isEqualTo("2");
    }
  }

  @Test
  void whatChangedNothingAndWasPassedOnInVainDidNotTakeEffect() {
    try (var mesh = relay()) {
      for (String route : List.of("pipe", "forward")) {
        Failure failure = mesh.send("Front", "f", "look", route).failure();
        assertThat(failure.code()).isEqualTo(FailureCode.UNKNOWN_ACTION);
        assertThat(failure.execution()).isEqualTo(Execution.NOT_EXECUTED);
      }
    }
  }

  @Test
  void aChainThatIsTooLongMayHaveTakenEffectIfSomebodyInItChanged() {
    try (var mesh =
        new NodeFixture()
            .host(
                "Loop",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("go"),
                call -> {
                  Payload next = payload(NodeFixture.number(call.state()) + 1);
                  return HostReply.of(next, next).withRoute(new Route.Forward(call.actor(), "go"));
                })
            .start()) {
      Failure failure = mesh.send("Loop", "a", "go", "").failure();
      assertThat(failure.code()).isEqualTo(FailureCode.TOO_MANY_HOPS);
      assertThat(failure.execution()).isEqualTo(Execution.UNKNOWN);
      assertThat(mesh.ask("Loop", "a", "get", "")).isEqualTo("9");
    }
  }

  // ---- tells ----

  @Test
  void aTellThatStillWaitsWhenADrainRunsOutOfPatienceIsReported() {
    var gate = new Semaphore(0);
    var runs = new AtomicInteger();
    NodeFixture mesh =
        new NodeFixture()
            .host(
                "Stuck",
                Kind.UNNAMED,
                b -> b.actions("work"),
                call -> {
                  runs.incrementAndGet();
                  gate.acquireUninterruptibly();
                  return HostReply.of(Payload.NONE);
                })
            .start();
    Pending running = mesh.send("Stuck", "a", "work", "");
    await(() -> runs.get() == 1);
    Invocation tell = Invocation.tell(id("Stuck", "a"), "work", Payload.NONE);
    assertThat(mesh.send(tell).answer()).isEqualTo(Answer.EMPTY);
    assertThat(mesh.send(tell).answer()).isEqualTo(Answer.EMPTY);

    assertThat(mesh.node.drain(Duration.ofMillis(1))).isFalse();

    assertThat(running.failure().execution()).isEqualTo(Execution.UNKNOWN);
    assertThat(mesh.unheard)
        .hasSize(2)
        .allSatisfy(
            failure -> {
              assertThat(failure.code()).isEqualTo(FailureCode.NODE_UNAVAILABLE);
              assertThat(failure.message()).contains("Stuck/a.work");
              assertThat(failure.execution()).isEqualTo(Execution.NOT_EXECUTED);
            });
    gate.release(3);
    await(
        () ->
            mesh.node
                .inspect()
                .activation(id("Stuck", "a"))
                .filter(a -> a.mailbox() > 0)
                .isEmpty());
    assertThat(runs).hasValue(1);
  }

  /** Lets something happen before a call is routed. */
  private static final class Watched implements Cluster {

    private final Standalone standalone = new Standalone("test", Duration.ZERO);
    private final AtomicReference<Runnable> beforeNext = new AtomicReference<>(() -> {});

    @Override
    public Placement placement(Invocation invocation) {
      beforeNext.getAndSet(() -> {}).run();
      return standalone.placement(invocation);
    }

    @Override
    public CompletionStage<Incarnation> join(Ledger ledger, int writers, LocalNode node) {
      return standalone.join(ledger, writers, node);
    }

    @Override
    public boolean isJoined() {
      return standalone.isJoined();
    }

    @Override
    public void leave() {
      standalone.leave();
    }
  }

  /** It was accepted, then its activation ended, and the next one is full of what came before. */
  @Test
  void aTellThatItsNextActivationRefusesIsReported() {
    var gate = new Semaphore(0);
    var runs = new AtomicInteger();
    var cluster = new Watched();
    try (var mesh =
        new NodeFixture(
                s -> s.withMailboxLimit(2), new InMemoryStateStore(), node -> node.cluster(cluster))
            .counter()
            .host(
                "Slow",
                Kind.UNNAMED,
                b -> b.actions("work"),
                call -> {
                  runs.incrementAndGet();
                  gate.acquireUninterruptibly();
                  return HostReply.of(Payload.NONE);
                })
            .start()) {
      Invocation tell = Invocation.tell(id("Slow", "a"), "work", Payload.NONE);
      Pending running = mesh.send("Slow", "a", "work", "");
      await(() -> runs.get() == 1);
      assertThat(mesh.send(tell).answer()).isEqualTo(Answer.EMPTY);
      // the node is fenced and joins again: the activation ends when it can
      var other = mesh.stored.register("other", 1);
      mesh.stored.raise(mesh.stored.view(), Set.of(other));
      mesh.send("Counter", "c", "add", 1).failure();
      await(() -> mesh.node.status() == NodeStatus.ACCEPTING);

      cluster.beforeNext.set(
          () -> {
            mesh.send(tell);
            mesh.send(tell);
          });
      gate.release();
      running.answer();
      await(() -> !mesh.unheard.isEmpty());
      assertThat(mesh.unheard)
          .singleElement()
          .satisfies(
              failure -> {
                assertThat(failure.code()).isEqualTo(FailureCode.MAILBOX_FULL);
                assertThat(failure.execution()).isEqualTo(Execution.NOT_EXECUTED);
              });
      gate.release(2);
      await(() -> runs.get() == 3);
    }
  }
}
