package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.spawnmesh.test.NodeFixture.await;
import static org.spawnmesh.test.NodeFixture.id;
import static org.spawnmesh.test.NodeFixture.payload;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.actor.TimerDefinition;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.NodeStatus;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.test.FaultyStateStore.CommitFault;
import org.spawnmesh.test.NodeFixture.Pending;

/**
 * What goes wrong from outside: each time the error has its code, nothing is lost, and the actor
 * works again when the cause is gone.
 */
class BadInputTest {

  private static void assertNotExecuted(Failure failure, FailureCode code) {
    assertThat(failure.code()).isEqualTo(code);
    assertThat(failure.execution()).isEqualTo(Execution.NOT_EXECUTED);
  }

  private static void assertRefused(ThrowingCallable start, FailureCode code) {
    assertThatExceptionOfType(SpawnException.class)
        .isThrownBy(start)
        .withMessageContaining(code.id())
        .satisfies(e -> assertThat(e.code()).isEqualTo(code));
  }

  // ---- calls ----

  @Test
  void anUnknownActorType() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.ask("Counter", "a", "add", 5);
      Failure failure = mesh.send("Basket", "a", "add", 1).failure();
      assertNotExecuted(failure, FailureCode.UNKNOWN_TYPE);
      assertThat(failure.message()).contains("shop:Basket");
      assertThat(mesh.stored.load(id("Basket", "a"))).isEmpty();

      mesh.host("Basket", Kind.UNNAMED, b -> b.stateful(true).actions("add"), NodeFixture::count);
      assertThat(mesh.ask("Basket", "a", "add", 1)).isEqualTo("1");
      assertThat(mesh.ask("Counter", "a", "read", "")).isEqualTo("5");
    }
  }

  @Test
  void anUnknownAction() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.ask("Counter", "a", "add", 5);
      Failure failure = mesh.send("Counter", "a", "ad", 1).failure();
      assertNotExecuted(failure, FailureCode.UNKNOWN_ACTION);
      assertThat(failure.message()).contains("Counter/a.ad", "[add, fail, read]");
      assertThat(mesh.ask("Counter", "a", "add", 1)).isEqualTo("6");
    }
  }

  @Test
  void aPayloadOverTheLimitOf4MiB() {
    try (var mesh =
        new NodeFixture()
            .host(
                "Parcel",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("put", "weigh"),
                call ->
                    call.action().equals("put")
                        ? HostReply.of(Payload.NONE, payload(call.payload().bytes().length))
                        : HostReply.of(call.state()))
            .start()) {
      int limit = 4 << 20;
      mesh.send(parcel(17)).answer().orThrow();
      Failure failure = mesh.send(parcel(limit + 1)).failure();
      assertNotExecuted(failure, FailureCode.PAYLOAD_TOO_LARGE);
      assertThat(failure.message()).contains("Parcel/p.put", "4194305", "4194304");
      assertThat(mesh.ask("Parcel", "p", "weigh", "")).isEqualTo("17");

      mesh.send(parcel(limit)).answer().orThrow();
      assertThat(mesh.ask("Parcel", "p", "weigh", "")).isEqualTo(String.valueOf(limit));
    }
  }

  private static Invocation parcel(int bytes) {
    return Invocation.ask(id("Parcel", "p"), "put", Payload.of("bytes", new byte[bytes]));
  }

  @Test
  void anActionThatThrows() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.ask("Counter", "a", "add", 5);
      Failure failure = mesh.send("Counter", "a", "fail", "").failure();
      assertThat(failure.code()).isEqualTo(FailureCode.ACTION_FAILED);
      assertThat(failure.execution()).isEqualTo(Execution.EXECUTED);
      assertThat(mesh.stored.load(id("Counter", "a")).orElseThrow().revision()).isEqualTo(1);
      assertThat(mesh.ask("Counter", "a", "add", 1)).isEqualTo("6");
    }
  }

  @Test
  void anActionThatThrowsAnError() {
    var broken = new AtomicBoolean(true);
    try (var mesh =
        new NodeFixture()
            .host(
                "Deep",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("add"),
                call -> {
                  if (broken.get()) {
                    throw new StackOverflowError();
                  }
                  return NodeFixture.count(call);
                })
            .start()) {
      assertThat(mesh.send("Deep", "a", "add", 1).failure().code())
          .isEqualTo(FailureCode.ACTION_FAILED);
      broken.set(false);
      assertThat(mesh.ask("Deep", "a", "add", 1)).isEqualTo("1");
    }
  }

  @Test
  void aFullMailbox() {
    var gate = new Semaphore(0);
    try (var mesh =
        new NodeFixture(s -> s.withMailboxLimit(2))
            .host(
                "Slow",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("add"),
                call -> {
                  gate.acquire();
                  return NodeFixture.count(call);
                })
            .start()) {
      Pending first = mesh.send("Slow", "a", "add", 1);
      Pending second = mesh.send("Slow", "a", "add", 1);
      Failure failure = mesh.send("Slow", "a", "add", 1).failure();
      assertNotExecuted(failure, FailureCode.MAILBOX_FULL);
      assertThat(failure.retryAfter()).isPositive();

      gate.release(3);
      assertThat(first.value()).isEqualTo("1");
      assertThat(second.value()).isEqualTo("2");
      await(() -> mesh.node.inspect().activation(id("Slow", "a")).orElseThrow().mailbox() == 0);
      assertThat(mesh.ask("Slow", "a", "add", 1)).isEqualTo("3");
    }
  }

  @Test
  void aDeadlineThatPassedBeforeTheCallCame() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.timers.advance(Duration.ofSeconds(1));
      Invocation call = Invocation.ask(id("Counter", "a"), "add", payload(1));
      long now = mesh.timers.nanoTime();
      assertNotExecuted(mesh.send(call.withDeadline(now)).failure(), FailureCode.DEADLINE_PASSED);
      assertThat(mesh.send(call.withDeadline(now + 1_000_000_000L)).value()).isEqualTo("1");
    }
  }

  @Test
  void aDeadlineThatPassesInTheMailbox() {
    var gate = new Semaphore(0);
    var runs = new AtomicInteger();
    try (var mesh =
        new NodeFixture(s -> s.withTimeout(Duration.ofSeconds(5)))
            .host(
                "Slow",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("add"),
                call -> {
                  runs.incrementAndGet();
                  gate.acquire();
                  return NodeFixture.count(call);
                })
            .start()) {
      Pending running = mesh.send("Slow", "a", "add", 1);
      Pending waiting = mesh.send("Slow", "a", "add", 1);
      await(() -> runs.get() == 1);
      mesh.timers.advance(Duration.ofSeconds(6));
      assertNotExecuted(waiting.failure(), FailureCode.DEADLINE_PASSED);
      assertThat(running.failure().code()).isEqualTo(FailureCode.DEADLINE_PASSED);
      assertThat(running.failure().execution()).isEqualTo(Execution.UNKNOWN);

      gate.release(2);
      // what ran counts, what waited does not
      assertThat(mesh.ask("Slow", "a", "add", 1)).isEqualTo("2");
      assertThat(runs).hasValue(2);
    }
  }

  @Test
  void aCallCycle() {
    NodeFixture mesh = new NodeFixture();
    mesh.host(
            "Cart",
            Kind.UNNAMED,
            b -> b.stateful(true).actions("add", "order", "price"),
            call ->
                switch (call.action()) {
                  case "order" ->
                      HostReply.of(mesh.askInside(call, "Stock", "42", "reserve").orThrow());
                  case "price" -> HostReply.of(call.state());
                  default -> NodeFixture.count(call);
                })
        .host(
            "Stock",
            Kind.UNNAMED,
            b -> b.actions("reserve"),
            call -> HostReply.of(mesh.askInside(call, "Cart", "7", "price").orThrow()));
    try (mesh) {
      mesh.start();
      mesh.ask("Cart", "7", "add", 5);
      Failure failure = mesh.send("Cart", "7", "order", "").failure();
      assertThat(failure.message())
          .contains("SP2003", "Cart/7.order → Stock/42.reserve → Cart/7.price");
      assertThat(mesh.ask("Cart", "7", "add", 1)).isEqualTo("6");
      // the same calls without the cycle
      assertThat(mesh.ask("Cart", "8", "order", "")).isEqualTo("6");
    }
  }

  // ---- declarations ----

  @Test
  void twoActorsWithOneType() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.ask("Counter", "a", "add", 5);
      assertRefused(mesh::counter, FailureCode.INVALID_DECLARATION);
      assertThat(mesh.ask("Counter", "a", "add", 1)).isEqualTo("6");
    }
  }

  @Test
  void aPoolWithState() {
    var type = new ActorType(NodeFixture.SYSTEM, "Resizer");
    assertRefused(
        () -> ActorDefinition.of(type, Kind.POOLED, b -> b.stateful(true).actions("resize")),
        FailureCode.INVALID_DECLARATION);
    try (var mesh =
        new NodeFixture()
            .host(
                "Resizer",
                Kind.POOLED,
                b -> b.actions("resize"),
                call -> HostReply.of(payload("ok")))
            .start()) {
      assertThat(mesh.ask("Resizer", "Resizer", "resize", "")).isEqualTo("ok");
    }
  }

  // ---- the store ----

  @Test
  void aStateThatDoesNotDecode() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.ask("Counter", "a", "add", 5);
      await(() -> mesh.node.repair().passivate(id("Counter", "a")));
      mesh.store.corrupt(id("Counter", "a"));
      assertNotExecuted(
          mesh.send("Counter", "a", "add", 1).failure(), FailureCode.STATE_UNREADABLE);
      assertThat(mesh.node.inspect().quarantined(id("Counter", "a"))).isPresent();
      assertThat(mesh.ask("Counter", "b", "add", 1)).isEqualTo("1");

      mesh.store.corrupt(null);
      assertThat(mesh.node.repair().release(id("Counter", "a"))).isTrue();
      assertThat(mesh.ask("Counter", "a", "add", 1)).isEqualTo("6");
    }
  }

  @Test
  void aStoreThatIsAwayAtStart() {
    try (var mesh = new NodeFixture().counter()) {
      mesh.store.goAway();
      assertRefused(mesh.node::start, FailureCode.STORE_UNAVAILABLE);
      assertThat(mesh.node.status()).isEqualTo(NodeStatus.NEW);
      assertNotExecuted(
          mesh.send("Counter", "a", "add", 1).failure(), FailureCode.NODE_UNAVAILABLE);

      mesh.store.comeBack();
      mesh.start();
      assertThat(mesh.ask("Counter", "a", "add", 1)).isEqualTo("1");
    }
  }

  @Test
  void aStoreThatIsAwayAtLoad() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.ask("Counter", "a", "add", 5);
      await(() -> mesh.node.repair().passivate(id("Counter", "a")));
      mesh.store.goAway();
      assertNotExecuted(
          mesh.send("Counter", "a", "add", 1).failure(), FailureCode.STORE_UNAVAILABLE);
      mesh.store.comeBack();
      assertThat(mesh.ask("Counter", "a", "add", 1)).isEqualTo("6");
    }
  }

  @Test
  void aStoreThatIsAwayAtACommit() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.ask("Counter", "a", "add", 5);
      mesh.store.goAway();
      assertNotExecuted(
          mesh.send("Counter", "a", "add", 1).failure(), FailureCode.STORE_UNAVAILABLE);
      mesh.store.comeBack();
      assertThat(mesh.ask("Counter", "a", "add", 1)).isEqualTo("6");
    }
  }

  @Test
  void aStoreThatGoesAwayInTheMiddleOfACommit() {
    try (var mesh = new NodeFixture(s -> s.withTimeout(Duration.ofDays(1))).counter().start()) {
      mesh.ask("Counter", "a", "add", 5);
      mesh.store.failCommits(CommitFault.LOST_REPLY);
      mesh.store.keepSilent(true);
      Pending inDoubt = mesh.send("Counter", "a", "add", 1);
      await(() -> mesh.stored.load(id("Counter", "a")).orElseThrow().revision() == 2);
      assertThat(inDoubt.isAnswered()).isFalse();

      mesh.store.keepSilent(false);
      await(
          () -> {
            mesh.timers.advance(Duration.ofMillis(100));
            return inDoubt.isAnswered();
          });
      assertThat(inDoubt.value()).isEqualTo("6");
      assertThat(mesh.ask("Counter", "a", "add", 1)).isEqualTo("7");
    }
  }

  /** Restored from a backup, or a replica that lagged behind: what it lost is lost, but no more. */
  @Test
  void aStoreThatForgotWhatItHadCommitted() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.ask("Counter", "a", "add", 5);
      mesh.store.failCommits(CommitFault.LOST_REQUEST);
      mesh.store.forgetBatches();
      Failure failure = mesh.send("Counter", "a", "add", 1).failure();
      assertThat(failure.code()).isEqualTo(FailureCode.LOST_OWNERSHIP);
      assertThat(failure.execution()).isEqualTo(Execution.UNKNOWN);

      await(() -> mesh.node.status() == NodeStatus.ACCEPTING);
      assertThat(mesh.ask("Counter", "a", "add", 1)).isEqualTo("6");
    }
  }

  @Test
  void anotherStandaloneNodeOnTheSameStore() {
    var shared = new InMemoryStateStore();
    try (var second = new NodeFixture(s -> s, shared).counter()) {
      try (var first = new NodeFixture(s -> s, shared).counter().start()) {
        first.ask("Counter", "a", "add", 5);
        assertRefused(second.node::start, FailureCode.STORE_LOCKED);
        assertThat(first.ask("Counter", "a", "add", 1)).isEqualTo("6");
      }
      second.start();
      assertThat(second.ask("Counter", "a", "add", 1)).isEqualTo("7");
    }
  }

  // ---- time ----

  @Test
  void aClockThatGoesBackwards() {
    var ticks = new AtomicInteger();
    var gate = new Semaphore(0);
    try (var mesh =
        new NodeFixture(
                s -> s.withTimeout(Duration.ofSeconds(5)).withIdleTimeout(Duration.ofSeconds(60)))
            .host(
                "Clock",
                Kind.UNNAMED,
                b ->
                    b.stateful(true)
                        .actions("add", "tick", "wait")
                        .history(5)
                        .timers(List.of(new TimerDefinition("tick", Duration.ofSeconds(10)))),
                call ->
                    switch (call.action()) {
                      case "tick" -> {
                        ticks.incrementAndGet();
                        yield HostReply.of(Payload.NONE);
                      }
                      case "wait" -> {
                        gate.acquire();
                        yield HostReply.of(Payload.NONE);
                      }
                      default -> NodeFixture.count(call);
                    })
            .start()) {
      mesh.ask("Clock", "a", "add", 1);
      mesh.timers.setWallClock(Instant.parse("1999-01-01T00:00:00Z"));
      assertThat(mesh.ask("Clock", "a", "add", 1)).isEqualTo("2");
      assertThat(mesh.stored.history(id("Clock", "a"), 5))
          .extracting(revision -> revision.snapshot().revision())
          .containsExactly(2L, 1L);

      // timers, deadlines and sleep go by a clock that only goes forward
      mesh.timers.advance(Duration.ofSeconds(10));
      await(() -> ticks.get() == 1);
      Pending late = mesh.send("Clock", "a", "wait", "");
      mesh.timers.advance(Duration.ofSeconds(6));
      assertThat(late.failure().code()).isEqualTo(FailureCode.DEADLINE_PASSED);
      gate.release();
      await(() -> mesh.node.repair().passivate(id("Clock", "a")));
      assertThat(mesh.ask("Clock", "a", "add", 1)).isEqualTo("3");
    }
  }
}
