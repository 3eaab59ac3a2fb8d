package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.spawnmesh.test.NodeFixture.await;
import static org.spawnmesh.test.NodeFixture.id;
import static org.spawnmesh.test.NodeFixture.number;
import static org.spawnmesh.test.NodeFixture.payload;
import static org.spawnmesh.test.NodeFixture.text;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActionDefinition;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.ChannelDefinition;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.Route;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.actor.TimerDefinition;
import org.spawnmesh.host.ActionFailedException;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.NodeStatus;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.test.FaultyStateStore.CommitFault;
import org.spawnmesh.test.NodeFixture.Pending;

/** What a node does for its actors and their callers. */
class NodeTest {

  // ---- state ----

  @Test
  void keepsStateWhileItsActorSleeps() {
    try (var mesh = new NodeFixture().counter().start()) {
      assertThat(mesh.ask("Counter", "joe", "add", 5)).isEqualTo("5");
      await(() -> mesh.node.repair().passivate(id("Counter", "joe")));
      assertThat(mesh.ask("Counter", "joe", "add", 2)).isEqualTo("7");
      assertThat(mesh.events)
          .containsExactly(
              "activated Counter/joe", "passivated Counter/joe REQUESTED", "activated Counter/joe");
    }
  }

  @Test
  void keepsActorsApart() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.ask("Counter", "joe", "add", 5);
      mesh.ask("Counter", "Joe", "add", 7);
      assertThat(mesh.ask("Counter", "joe", "read", "")).isEqualTo("5");
      assertThat(mesh.ask("Counter", "Joe", "read", "")).isEqualTo("7");
    }
  }

  @Test
  void aFailedActionChangesNothing() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.ask("Counter", "joe", "add", 5);
      Failure failure = mesh.send("Counter", "joe", "fail", "").failure();
      assertThat(failure.code()).isEqualTo(FailureCode.ACTION_FAILED);
      assertThat(failure.execution()).isEqualTo(Execution.EXECUTED);
      assertThat(failure.toString())
          .contains("SP3001", "Counter/joe.fail", "IllegalStateException: out of tea");
      assertThat(mesh.ask("Counter", "joe", "read", "")).isEqualTo("5");
    }
  }

  @Test
  void answersTheDefaultStateActionsUnlessTheActorDeclaresThatName() {
    try (var mesh =
        new NodeFixture()
            .host(
                "Own",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("get").initialState(payload("initial")),
                call -> HostReply.of(payload("mine")))
            .start()) {
      assertThat(mesh.ask("Own", "a", "get", "")).isEqualTo("mine");
      for (String action : List.of("Get", "getState", "get_state", "GetState")) {
        assertThat(mesh.ask("Own", "a", action, "")).isEqualTo("initial");
      }
    }
  }

  @Test
  void aDefaultStateActionWithoutStateAnswersNothing() {
    try (var mesh = new NodeFixture().counter().start()) {
      assertThat(mesh.send("Counter", "new", "get", "").answer()).isEqualTo(Answer.EMPTY);
    }
  }

  @Test
  void anErasedStateStaysErased() {
    try (var mesh =
        new NodeFixture()
            .host(
                "Note",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("write", "erase"),
                call ->
                    HostReply.of(
                        Payload.NONE,
                        call.action().equals("erase") ? Payload.NONE : call.payload()))
            .start()) {
      mesh.send("Note", "a", "write", "x").answer();
      mesh.send("Note", "a", "erase", "").answer().orThrow();
      await(() -> mesh.node.repair().passivate(id("Note", "a")));
      assertThat(mesh.send("Note", "a", "get", "").answer()).isEqualTo(Answer.EMPTY);
      assertThat(mesh.stored.load(id("Note", "a")).orElseThrow().revision()).isEqualTo(2);
    }
  }

  @Test
  void aStateThatIsOnlyEchoedIsNotSavedAgain() {
    try (var mesh =
        new NodeFixture()
            .host(
                "Echo",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("echo"),
                call -> HostReply.of(Payload.NONE, payload("same")))
            .start()) {
      mesh.send("Echo", "a", "echo", "").answer();
      mesh.send("Echo", "a", "echo", "").answer();
      assertThat(mesh.stored.load(id("Echo", "a")).orElseThrow().revision()).isEqualTo(1);
    }
  }

  @Test
  void runsTheInitActionBeforeTheFirstMessageOfEachActivation() {
    var order = new ConcurrentLinkedQueue<String>();
    try (var mesh =
        new NodeFixture()
            .host(
                "Cart",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("init", "add").initAction("init"),
                call -> {
                  order.add(call.action());
                  return HostReply.of(Payload.NONE, payload(number(call.state()) + 1));
                })
            .start()) {
      mesh.send("Cart", "a", "add", "").answer();
      await(() -> mesh.node.repair().passivate(id("Cart", "a")));
      mesh.send("Cart", "a", "add", "").answer();
      assertThat(order).containsExactly("init", "add", "init", "add");
      assertThat(mesh.ask("Cart", "a", "get", "")).isEqualTo("4");
    }
  }

  @Test
  void anInitActionThatFailsIsTheAnswerAndIsTriedAgain() {
    var broken = new java.util.concurrent.atomic.AtomicBoolean(true);
    try (var mesh =
        new NodeFixture()
            .host(
                "Cart",
                Kind.UNNAMED,
                b -> b.actions("init", "add").initAction("init"),
                call -> {
                  if (call.action().equals("init") && broken.get()) {
                    throw new IllegalStateException("no prices yet");
                  }
                  return HostReply.of(payload("ok"));
                })
            .start()) {
      Failure failure = mesh.send("Cart", "a", "add", "").failure();
      assertThat(failure.execution()).isEqualTo(Execution.NOT_EXECUTED);
      assertThat(failure.message()).contains("no prices yet");
      broken.set(false);
      assertThat(mesh.ask("Cart", "a", "add", "")).isEqualTo("ok");
    }
  }

  // ---- one at a time, in order, bounded ----

  @Test
  void oneActorTakesOneMessageAtATimeInTheOrderOfItsCaller() {
    var inside = new AtomicInteger();
    var order = new ConcurrentLinkedQueue<Long>();
    try (var mesh =
        new NodeFixture()
            .host(
                "One",
                Kind.UNNAMED,
                b -> b.actions("take"),
                call -> {
                  if (inside.incrementAndGet() != 1) {
                    throw new AssertionError("two at once");
                  }
                  Thread.yield();
                  order.add(number(call.payload()));
                  inside.decrementAndGet();
                  return HostReply.of(Payload.NONE);
                })
            .start()) {
      List<Pending> all =
          java.util.stream.IntStream.range(0, 1000)
              .mapToObj(i -> mesh.send("One", "a", "take", i))
              .toList();
      all.forEach(pending -> pending.answer().orThrow());
      assertThat(List.copyOf(order)).isSorted().hasSize(1000);
    }
  }

  @Test
  void manyCallersOfFewActorsGetEveryChangeCommittedOnce() {
    try (var mesh = new NodeFixture(s -> s.withWriters(2).withMailboxLimit(100_000)).counter()) {
      mesh.start();
      List<Thread> callers =
          java.util.stream.IntStream.range(0, 8)
              .mapToObj(
                  caller ->
                      Thread.ofPlatform()
                          .start(
                              () -> {
                                for (int i = 0; i < 5_000; i++) {
                                  mesh.send("Counter", "c" + (i + caller) % 3, "add", 1);
                                }
                              }))
              .toList();
      for (Thread caller : callers) {
        try {
          caller.join();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
      long sum = 0;
      for (int i = 0; i < 3; i++) {
        sum += Long.parseLong(mesh.ask("Counter", "c" + i, "read", ""));
        assertThat(mesh.stored.load(id("Counter", "c" + i)).orElseThrow().revision())
            .isEqualTo(Long.parseLong(mesh.ask("Counter", "c" + i, "read", "")));
      }
      assertThat(sum).isEqualTo(40_000);
    }
  }

  @Test
  void aFullMailboxRefusesAndRecovers() {
    var gate = new Semaphore(0);
    try (var mesh =
        new NodeFixture(s -> s.withMailboxLimit(2))
            .host(
                "Slow",
                Kind.UNNAMED,
                b -> b.actions("work"),
                call -> {
                  gate.acquire();
                  return HostReply.of(payload("done"));
                })
            .start()) {
      Pending first = mesh.send("Slow", "a", "work", "");
      Pending second = mesh.send("Slow", "a", "work", "");
      Failure refused = mesh.send("Slow", "a", "work", "").failure();
      assertThat(refused.code()).isEqualTo(FailureCode.MAILBOX_FULL);
      assertThat(refused.execution()).isEqualTo(Execution.NOT_EXECUTED);
      assertThat(refused.retryAfter()).isPositive();
      gate.release(1_000_000);
      assertThat(first.value()).isEqualTo("done");
      assertThat(second.value()).isEqualTo("done");
      // an answer leaves a moment before its place is free
      await(() -> mesh.send("Slow", "a", "work", "").answer() instanceof Answer.Ok);
    }
  }

  @Test
  void answersThatWaitForTheDiskAreBoundedToo() {
    try (var mesh = new NodeFixture(s -> s.withMailboxLimit(4)).counter().start()) {
      mesh.store.failCommits(CommitFault.LOST_REPLY);
      mesh.store.keepSilent(true);
      mesh.send("Counter", "a", "add", 1); // its outcome stays unknown
      await(
          () ->
              mesh.send("Counter", "a", "add", 1).isAnswered()
                  && mesh.node
                      .inspect()
                      .activation(id("Counter", "a"))
                      .filter(active -> active.mailbox() >= 4)
                      .isPresent());
      assertThat(mesh.send("Counter", "a", "add", 1).failure().code())
          .isEqualTo(FailureCode.MAILBOX_FULL);
      mesh.store.keepSilent(false);
      await(
          () -> {
            mesh.timers.advance(Duration.ofMillis(100));
            return mesh.send("Counter", "a", "read", "").answer() instanceof Answer.Ok;
          });
    }
  }

  // ---- deadlines ----

  @Test
  void aCallThatWaitsPastItsDeadlineIsNotRun() {
    var gate = new Semaphore(0);
    var runs = new AtomicInteger();
    try (var mesh =
        new NodeFixture(s -> s.withTimeout(Duration.ofSeconds(5)))
            .host(
                "Slow",
                Kind.UNNAMED,
                b -> b.actions("work"),
                call -> {
                  runs.incrementAndGet();
                  gate.acquire();
                  return HostReply.of(payload("done"));
                })
            .start()) {
      Pending running = mesh.send("Slow", "a", "work", "");
      Pending waiting = mesh.send("Slow", "a", "work", "");
      await(() -> runs.get() == 1);
      mesh.timers.advance(Duration.ofSeconds(6));
      assertThat(waiting.failure().code()).isEqualTo(FailureCode.DEADLINE_PASSED);
      assertThat(waiting.failure().execution()).isEqualTo(Execution.NOT_EXECUTED);
      assertThat(running.failure().execution()).isEqualTo(Execution.UNKNOWN);
      gate.release(2);
      assertThat(mesh.ask("Slow", "a", "work", "")).isEqualTo("done");
      assertThat(runs).hasValue(2);
    }
  }

  @Test
  void aCallThatComesTooLateIsRefused() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.timers.advance(Duration.ofSeconds(1));
      Invocation late =
          Invocation.ask(id("Counter", "a"), "add", payload(1)).withDeadline(500_000_000L);
      assertThat(mesh.send(late).failure().code()).isEqualTo(FailureCode.DEADLINE_PASSED);
    }
  }

  @Test
  void aWallClockThatGoesBackDisturbsNobody() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.ask("Counter", "a", "add", 1);
      mesh.timers.setWallClock(Instant.parse("1999-01-01T00:00:00Z"));
      assertThat(mesh.ask("Counter", "a", "add", 1)).isEqualTo("2");
      await(() -> mesh.node.repair().passivate(id("Counter", "a")));
      assertThat(mesh.ask("Counter", "a", "read", "")).isEqualTo("2");
    }
  }

  // ---- wrong calls ----

  @Test
  void wrongCallsSayWhatIsWrong() {
    try (var mesh =
        new NodeFixture(s -> s.withPayloadLimit(10))
            .counter()
            .host("Boss", Kind.NAMED, b -> b.actions("x"), call -> HostReply.of(Payload.NONE))
            .start()) {
      Failure type = mesh.send("Basket", "a", "add", 1).failure();
      assertThat(type.code()).isEqualTo(FailureCode.UNKNOWN_TYPE);
      assertThat(type.message()).contains("shop:Basket");
      Failure action = mesh.send("Counter", "a", "ad", 1).failure();
      assertThat(action.code()).isEqualTo(FailureCode.UNKNOWN_ACTION);
      assertThat(action.message()).contains("Counter/a.ad", "[add, fail, read]");
      Failure size = mesh.send("Counter", "a", "add", "12345678901").failure();
      assertThat(size.code()).isEqualTo(FailureCode.PAYLOAD_TOO_LARGE);
      Failure name = mesh.send("Boss", "other", "x", "").failure();
      assertThat(name.code()).isEqualTo(FailureCode.INVALID_NAME);
      assertThat(List.of(type, action, size, name))
          .allSatisfy(f -> assertThat(f.execution()).isEqualTo(Execution.NOT_EXECUTED));
      assertThat(mesh.events).isEmpty();
    }
  }

  @Test
  void aStateOverTheLimitIsRefusedAndTheOldOneStays() {
    try (var mesh =
        new NodeFixture(s -> s.withStateLimit(100))
            .host(
                "Note",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("write"),
                call -> HostReply.of(Payload.NONE, call.payload()))
            .start()) {
      mesh.send("Note", "a", "write", "short").answer().orThrow();
      Failure failure = mesh.send("Note", "a", "write", "x".repeat(101)).failure();
      assertThat(failure.code()).isEqualTo(FailureCode.STATE_TOO_LARGE);
      assertThat(mesh.ask("Note", "a", "get", "")).isEqualTo("short");
    }
  }

  @Test
  void aTypeIsHostedOnce() {
    try (var mesh = new NodeFixture().counter()) {
      assertThatThrownBy(mesh::counter)
          .isInstanceOf(SpawnException.class)
          .hasMessageContaining("SP5004")
          .hasMessageContaining("shop:Counter is declared twice");
    }
  }

  @Test
  void aStatelessActorThatReturnsStateIsToldSo() {
    try (var mesh =
        new NodeFixture()
            .host(
                "Pure",
                Kind.UNNAMED,
                b -> b.actions("x"),
                call -> HostReply.of(Payload.NONE, payload("state")))
            .start()) {
      assertThat(mesh.send("Pure", "a", "x", "").failure().code())
          .isEqualTo(FailureCode.REPLY_INVALID);
    }
  }

  // ---- call chains ----

  @Test
  void aCallCycleIsRefusedAtOnceWithTheChainSpelledOut() {
    NodeFixture mesh = new NodeFixture();
    mesh.host(
            "Cart",
            Kind.UNNAMED,
            b -> b.actions("add", "price"),
            call -> HostReply.of(mesh.askInside(call, "Stock", "42", "reserve").orThrow()))
        .host(
            "Stock",
            Kind.UNNAMED,
            b -> b.actions("reserve"),
            call -> HostReply.of(mesh.askInside(call, "Cart", "7", "price").orThrow()));
    try (mesh) {
      mesh.start();
      Failure failure = mesh.send("Cart", "7", "add", "").failure();
      assertThat(failure.message())
          .contains("CALL_CYCLE", "Cart/7.add → Stock/42.reserve → Cart/7.price");
    }
  }

  @Test
  void aReentrantActionReadsTheStateFromBeforeAndMustNotChangeIt() {
    NodeFixture mesh = new NodeFixture();
    mesh.host(
            "Cart",
            Kind.UNNAMED,
            b ->
                b.stateful(true)
                    .actions("add", "spoil")
                    .action(new ActionDefinition("peek", true))
                    .action(new ActionDefinition("poke", true))
                    .initialState(payload("before")),
            call ->
                switch (call.action()) {
                  case "add" -> HostReply.of(mesh.askInside(call, "Stock", "1", "peek").orThrow());
                  case "spoil" ->
                      HostReply.of(mesh.askInside(call, "Stock", "1", "poke").orThrow());
                  case "peek" -> HostReply.of(call.state());
                  default -> HostReply.of(Payload.NONE, payload("changed"));
                })
        .host(
            "Stock",
            Kind.UNNAMED,
            b -> b.actions("peek", "poke"),
            call -> HostReply.of(mesh.askInside(call, "Cart", "7", call.action()).orThrow()));
    try (mesh) {
      mesh.start();
      assertThat(mesh.ask("Cart", "7", "add", "")).isEqualTo("before");
      assertThat(mesh.send("Cart", "7", "spoil", "").failure().message())
          .contains("a reentrant action only reads");
      assertThat(mesh.ask("Cart", "7", "get", "")).isEqualTo("before");
    }
  }

  // ---- what leaves ----

  @Test
  void pipeSendsTheReplyOnAndForwardTheRequestAndTheCallerHearsTheTarget() {
    try (var mesh =
        new NodeFixture()
            .host(
                "Front",
                Kind.UNNAMED,
                b -> b.actions("pipe", "forward"),
                call ->
                    HostReply.of(payload("reply"))
                        .withRoute(
                            call.action().equals("pipe")
                                ? new Route.Pipe(id("Back", "b"), "echo")
                                : new Route.Forward(id("Back", "b"), "echo")))
            .host(
                "Back",
                Kind.UNNAMED,
                b -> b.actions("echo"),
                call ->
                    HostReply.of(
                        payload(text(call.payload()) + " from " + call.caller().shortName())))
            .start()) {
      assertThat(mesh.ask("Front", "f", "pipe", "request")).isEqualTo("reply from Front/f");
      assertThat(mesh.ask("Front", "f", "forward", "request")).isEqualTo("request from Front/f");
    }
  }

  @Test
  void aRouteBackToItselfIsBounded() {
    try (var mesh =
        new NodeFixture()
            .host(
                "Loop",
                Kind.UNNAMED,
                b -> b.actions("go"),
                call -> HostReply.of(Payload.NONE).withRoute(new Route.Forward(call.actor(), "go")))
            .start()) {
      assertThat(mesh.send("Loop", "a", "go", "").failure().code())
          .isEqualTo(FailureCode.TOO_MANY_HOPS);
    }
  }

  @Test
  void effectsLeaveWhenTheirStateIsDurableAndNotAtAllIfItNeverIs() {
    var received = new ConcurrentLinkedQueue<String>();
    try (var mesh =
        new NodeFixture()
            .host(
                "Sender",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("send"),
                call ->
                    HostReply.of(Payload.NONE, call.payload())
                        .withEffects(
                            List.of(Effect.of(id("Receiver", "r"), "take", call.payload()))))
            .host(
                "Receiver",
                Kind.UNNAMED,
                b -> b.actions("take"),
                call -> {
                  received.add(text(call.payload()) + " " + call.metadata());
                  return HostReply.of(Payload.NONE);
                })
            .start()) {
      mesh.store.failCommits(CommitFault.UNAVAILABLE);
      assertThat(mesh.send("Sender", "s", "send", "lost").failure().code())
          .isEqualTo(FailureCode.STORE_UNAVAILABLE);
      mesh.send(
              Invocation.ask(id("Sender", "s"), "send", payload("kept"))
                  .withMetadata(Map.of("tenant", "t1")))
          .answer()
          .orThrow();
      await(() -> !received.isEmpty());
      assertThat(received).containsExactly("kept {tenant=t1}");
    }
  }

  @Test
  void aDelayedEffectWaits() {
    var received = new AtomicInteger();
    try (var mesh =
        new NodeFixture()
            .host(
                "Later",
                Kind.UNNAMED,
                b -> b.actions("plan", "fire"),
                call -> {
                  if (call.action().equals("fire")) {
                    received.incrementAndGet();
                    return HostReply.of(Payload.NONE);
                  }
                  return HostReply.of(Payload.NONE)
                      .withEffects(
                          List.of(
                              new Effect(
                                  call.actor(),
                                  "fire",
                                  Payload.NONE,
                                  Map.of(),
                                  Duration.ofMinutes(1))));
                })
            .start()) {
      mesh.send("Later", "a", "plan", "").answer().orThrow();
      mesh.timers.advance(Duration.ofSeconds(59));
      assertThat(received).hasValue(0);
      mesh.timers.advance(Duration.ofSeconds(2));
      await( // the row is looked for on another thread, and perhaps a moment later
          () -> {
            mesh.timers.advance(Duration.ofMillis(10));
            return received.get() == 1;
          });
    }
  }

  @Test
  void aBroadcastReachesEverybodyWhoListens() {
    var received = new ConcurrentLinkedQueue<String>();
    try (var mesh =
        new NodeFixture()
            .host(
                "News",
                Kind.NAMED,
                b -> b.actions("publish"),
                call ->
                    HostReply.of(Payload.NONE)
                        .withBroadcast(new Broadcast("prices", "", call.payload())))
            .host(
                "Cart",
                Kind.UNNAMED,
                b ->
                    b.actions("open", "reprice")
                        .channels(List.of(new ChannelDefinition("prices", "reprice"))),
                call -> {
                  received.add(call.actor().shortName() + "." + call.action());
                  return HostReply.of(Payload.NONE);
                })
            .host(
                "Audit",
                Kind.NAMED,
                b ->
                    b.actions("receive")
                        .channels(List.of(new ChannelDefinition("prices", "receive"))),
                call -> {
                  received.add(call.actor().shortName());
                  return HostReply.of(Payload.NONE);
                })
            .start()) {
      mesh.send("Cart", "a", "open", "").answer().orThrow();
      mesh.send("Cart", "b", "open", "").answer().orThrow();
      received.clear();
      mesh.send("News", "News", "publish", "tea 3.20").answer().orThrow();
      await(() -> received.size() == 3);
      assertThat(received)
          .containsExactlyInAnyOrder("Cart/a.reprice", "Cart/b.reprice", "Audit/Audit");
    }
  }

  @Test
  void aTellIsAnsweredWhenAcceptedAndItsFailureIsReported() {
    try (var mesh = new NodeFixture().counter().start()) {
      assertThat(mesh.send(Invocation.tell(id("Counter", "a"), "fail", Payload.NONE)).answer())
          .isEqualTo(Answer.EMPTY);
      await(() -> !mesh.unheard.isEmpty());
      assertThat(mesh.unheard.getFirst().code()).isEqualTo(FailureCode.ACTION_FAILED);
    }
  }

  // ---- timers, sleep, pools ----

  @Test
  void aTimerTicksWhileItsActorIsActiveAndKeepsNoTicksBack() {
    var ticks = new AtomicInteger();
    try (var mesh =
        new NodeFixture()
            .host(
                "Clock",
                Kind.UNNAMED,
                b ->
                    b.actions("start", "tick")
                        .timers(List.of(new TimerDefinition("tick", Duration.ofSeconds(1)))),
                call -> {
                  if (call.action().equals("tick")) {
                    ticks.incrementAndGet();
                  }
                  return HostReply.of(Payload.NONE);
                })
            .start()) {
      mesh.send("Clock", "a", "start", "").answer();
      for (int i = 1; i <= 3; i++) {
        int expected = i;
        mesh.timers.advance(Duration.ofSeconds(1));
        await(() -> ticks.get() == expected);
      }
      await(() -> mesh.node.repair().passivate(id("Clock", "a")));
      mesh.timers.advance(Duration.ofSeconds(10));
      assertThat(mesh.node.inspect().activation(id("Clock", "a"))).isEmpty();
    }
  }

  @Test
  void anActorSleepsAfterItWasIdleNotAfterItWasBorn() {
    try (var mesh =
        new NodeFixture(s -> s.withIdleTimeout(Duration.ofSeconds(60))).counter().start()) {
      mesh.ask("Counter", "a", "add", 1);
      mesh.timers.advance(Duration.ofSeconds(50));
      mesh.ask("Counter", "a", "add", 1);
      await(() -> !mesh.node.inspect().activation(id("Counter", "a")).orElseThrow().unsaved());
      mesh.timers.advance(Duration.ofSeconds(50));
      assertThat(mesh.events).containsExactly("activated Counter/a");
      mesh.timers.advance(Duration.ofSeconds(20));
      await(
          () -> {
            mesh.timers.advance(Duration.ofSeconds(5));
            return mesh.events.contains("passivated Counter/a IDLE");
          });
      assertThat(mesh.ask("Counter", "a", "read", "")).isEqualTo("2");
    }
  }

  @Test
  void underMemoryPressureThoseUnusedForLongestSleepFirst() {
    try (var mesh = new NodeFixture().counter().start()) {
      for (int i = 0; i < 10; i++) {
        mesh.ask("Counter", "c" + i, "add", 1);
        // the answer leaves before the turn is over, and the end of the turn is the last use
        await(
            () ->
                mesh.node.inspect().activations(id("Counter", "x").type(), null, 20).stream()
                    .noneMatch(a -> a.unsaved() || a.mailbox() > 0));
        mesh.timers.advance(Duration.ofMillis(10));
      }
      mesh.heapInUse = 0.95;
      await(
          () -> {
            mesh.timers.advance(Duration.ofMillis(100));
            return mesh.events.stream().anyMatch(e -> e.endsWith("MEMORY"));
          });
      assertThat(mesh.events).contains("passivated Counter/c0 MEMORY");
      mesh.heapInUse = 0;
      assertThat(mesh.ask("Counter", "c0", "read", "")).isEqualTo("1");
    }
  }

  @Test
  void aPoolGrowsToItsMaximumAndGivesWorkToTheLeastBusy() {
    var gate = new Semaphore(0);
    var inside = new AtomicInteger();
    var most = new AtomicInteger();
    try (var mesh =
        new NodeFixture()
            .host(
                "Resizer",
                Kind.POOLED,
                b -> b.actions("resize").pool(1, 3),
                call -> {
                  most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                  gate.acquire();
                  inside.decrementAndGet();
                  return HostReply.of(payload("ok"));
                })
            .start()) {
      List<Pending> calls =
          java.util.stream.IntStream.range(0, 9)
              .mapToObj(i -> mesh.send("Resizer", "Resizer", "resize", i))
              .toList();
      await(() -> inside.get() == 3);
      assertThat(mesh.node.inspect().types().getFirst().activations()).isEqualTo(3);
      gate.release(9);
      calls.forEach(call -> assertThat(call.value()).isEqualTo("ok"));
      assertThat(most).hasValue(3);
      mesh.timers.advance(Duration.ofSeconds(100));
      await(
          () -> {
            mesh.timers.advance(Duration.ofSeconds(5));
            return mesh.node.inspect().types().getFirst().activations() == 1;
          });
    }
  }

  @Test
  void anActorThatIsReleasedAsSoonAsItsCallerHearsOfItIsLoadedAgain() {
    AtomicInteger failing = new AtomicInteger(1);
    try (var mesh =
        new NodeFixture()
            .host(
                "Note",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("read"),
                call -> {
                  if (failing.getAndDecrement() > 0) {
                    throw new ActionFailedException(
                        Failure.notExecuted(FailureCode.STATE_UNREADABLE, "it is no Note"));
                  }
                  return HostReply.of(NodeFixture.payload("fine"));
                })
            .start()) {
      AtomicBoolean released = new AtomicBoolean();
      Pending first = mesh.send("Note", "a", "read", "");
      Pending told =
          new Pending(
              first
                  .future()
                  .thenApply(
                      answer -> {
                        // on the activation's own thread, if it is not answered yet
                        released.set(mesh.node.repair().release(id("Note", "a")));
                        return answer;
                      }));
      assertThat(told.failure().code()).isEqualTo(FailureCode.STATE_UNREADABLE);
      assertThat(released).isTrue();
      assertThat(mesh.ask("Note", "a", "read", "")).isEqualTo("fine");
      assertThat(mesh.events.stream().filter("activated Note/a"::equals)).hasSize(2);
    }
  }

  /** As if the writer's thread were done before the one that gave it the work goes on. */
  @Test
  void aCommitThatIsFasterThanWhoeverAskedForItDoesNotHoldUpTheDrain() {
    SpawnNode node =
        SpawnNode.builder(new InMemoryStateStore())
            .timers(new VirtualTimers())
            .turns(Runnable::run)
            .writers(Runnable::run)
            .build();
    node.register(counterWith(Kind.UNNAMED, "add"), NodeFixture::count);
    node.start();
    node.invoke(Invocation.ask(id("Counter", "joe"), "add", NodeFixture.payload(1)));

    assertThat(node.drain(Duration.ofMillis(1))).isTrue();
  }

  // ---- a declaration that changes ----

  @Test
  void aTypeThatIsDeclaredAnewKeepsItsActors() {
    try (var mesh = new NodeFixture().counter().start()) {
      assertThat(mesh.ask("Counter", "joe", "add", 5)).isEqualTo("5");
      assertThat(mesh.send("Counter", "joe", "twice", 1).failure().code())
          .isEqualTo(FailureCode.UNKNOWN_ACTION);

      mesh.node.redefine(
          counterWith(Kind.UNNAMED, "add", "twice"),
          call ->
              call.action().equals("twice")
                  ? HostReply.of(NodeFixture.payload(2 * NodeFixture.number(call.state())))
                  : NodeFixture.count(call));

      assertThat(mesh.ask("Counter", "joe", "twice", 1)).isEqualTo("10");
      assertThat(mesh.ask("Counter", "joe", "add", 1)).isEqualTo("6");
      assertThat(mesh.send("Counter", "joe", "read", 1).failure().code())
          .isEqualTo(FailureCode.UNKNOWN_ACTION);
      assertThat(mesh.events).containsExactly("activated Counter/joe");
    }
  }

  @Test
  void aTypeDoesNotBecomeAnotherKind() {
    try (var mesh = new NodeFixture().counter().start()) {
      assertThatThrownBy(
              () -> mesh.node.redefine(counterWith(Kind.NAMED, "add"), NodeFixture::count))
          .isInstanceOf(SpawnException.class)
          .hasMessageContaining("SP5004")
          .hasMessageContaining("another kind");
      assertThat(mesh.ask("Counter", "joe", "add", 5)).isEqualTo("5");
    }
  }

  private static ActorDefinition counterWith(Kind kind, String... actions) {
    return ActorDefinition.of(
        id("Counter", "any").type(), kind, parts -> parts.stateful(true).actions(actions));
  }

  // ---- a store that fails ----

  @Test
  void aStoreThatIsAwayCostsErrorsNeverWrongAnswers() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.ask("Counter", "a", "add", 5);
      mesh.store.goAway();
      Failure atCommit = mesh.send("Counter", "a", "add", 1).failure();
      assertThat(atCommit.code()).isEqualTo(FailureCode.STORE_UNAVAILABLE);
      assertThat(atCommit.execution()).isEqualTo(Execution.NOT_EXECUTED);
      Failure atLoad = mesh.send("Counter", "b", "add", 1).failure();
      assertThat(atLoad.code()).isEqualTo(FailureCode.STORE_UNAVAILABLE);
      mesh.store.comeBack();
      assertThat(mesh.ask("Counter", "a", "add", 1)).isEqualTo("6");
      assertThat(mesh.ask("Counter", "b", "add", 1)).isEqualTo("1");
    }
  }

  @Test
  void anUnknownOutcomeIsResolvedBeforeAnythingIsAnswered() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.store.failCommits(CommitFault.LOST_REPLY, CommitFault.LOST_REQUEST);
      assertThat(mesh.ask("Counter", "a", "add", 1)).isEqualTo("1");
      assertThat(mesh.send("Counter", "a", "add", 1).failure().execution())
          .isEqualTo(Execution.NOT_EXECUTED);
      assertThat(mesh.ask("Counter", "a", "add", 1)).isEqualTo("2");
    }
  }

  @Test
  void anOutcomeThatCannotBeResolvedInTimeIsSaidToBeUnknown() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.ask("Counter", "a", "add", 1);
      mesh.store.failCommits(CommitFault.LOST_REPLY);
      mesh.store.keepSilent(true);
      Pending call = mesh.send("Counter", "a", "add", 1);
      await(() -> mesh.stored.load(id("Counter", "a")).orElseThrow().revision() == 2);
      mesh.timers.advance(Duration.ofSeconds(40));
      assertThat(call.failure().code()).isEqualTo(FailureCode.DEADLINE_PASSED);
      assertThat(call.failure().execution()).isEqualTo(Execution.UNKNOWN);
      mesh.store.keepSilent(false);
      await(
          () -> {
            mesh.timers.advance(Duration.ofSeconds(3));
            return mesh.send("Counter", "a", "read", "").answer() instanceof Answer.Ok;
          });
      assertThat(mesh.ask("Counter", "a", "read", "")).isEqualTo("2");
    }
  }

  @Test
  void aChangeThatTheStoreCannotHoldFailsAloneInItsBatch() {
    try (var mesh = new NodeFixture(s -> s.withWriters(1)).counter().start()) {
      mesh.store.refuse(id("Counter", "bad"));
      List<Pending> good =
          java.util.stream.IntStream.range(0, 50)
              .mapToObj(i -> mesh.send("Counter", "good" + i, "add", 1))
              .toList();
      Pending bad = mesh.send("Counter", "bad", "add", 1);
      good.forEach(call -> assertThat(call.value()).isEqualTo("1"));
      assertThat(bad.failure().code()).isEqualTo(FailureCode.COMMIT_REFUSED);
      mesh.store.refuse(null);
      assertThat(mesh.ask("Counter", "bad", "add", 1)).isEqualTo("1");
    }
  }

  @Test
  void unreadableStateIsNeverReplacedByADefault() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.ask("Counter", "a", "add", 5);
      await(() -> mesh.node.repair().passivate(id("Counter", "a")));
      mesh.store.corrupt(id("Counter", "a"));
      for (int i = 0; i < 2; i++) {
        Failure failure = mesh.send("Counter", "a", "add", 1).failure();
        assertThat(failure.code()).isEqualTo(FailureCode.STATE_UNREADABLE);
        assertThat(failure.execution()).isEqualTo(Execution.NOT_EXECUTED);
      }
      assertThat(mesh.node.inspect().types().getFirst().quarantined()).isEqualTo(1);
      mesh.store.corrupt(null);
      assertThat(mesh.node.repair().release(id("Counter", "a"))).isTrue();
      assertThat(mesh.ask("Counter", "a", "add", 1)).isEqualTo("6");
    }
  }

  @Test
  void aFencedNodeJoinsAgainAndNothingItHadUnsavedSurvives() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.ask("Counter", "a", "add", 5);
      var other = mesh.stored.register("other", 1);
      mesh.stored.raise(mesh.stored.view(), java.util.Set.of(other));
      Failure failure = mesh.send("Counter", "a", "add", 1).failure();
      assertThat(failure.code()).isEqualTo(FailureCode.LOST_OWNERSHIP);
      assertThat(failure.execution()).isEqualTo(Execution.NOT_EXECUTED);
      await(() -> mesh.node.status() == NodeStatus.ACCEPTING);
      assertThat(mesh.ask("Counter", "a", "add", 1)).isEqualTo("6");
    }
  }

  @Test
  void anIdleNodeNoticesThatItIsFenced() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.ask("Counter", "a", "add", 5);
      var other = mesh.stored.register("other", 1);
      mesh.stored.raise(mesh.stored.view(), java.util.Set.of(other));
      mesh.timers.advance(Duration.ofSeconds(3)); // once: the actor must not be idle for too long
      await(() -> mesh.events.contains("passivated Counter/a ABANDONED"));
      await(() -> mesh.node.status() == NodeStatus.ACCEPTING);
      assertThat(mesh.ask("Counter", "a", "read", "")).isEqualTo("5");
    }
  }

  // ---- the end ----

  @Test
  void drainFinishesWhatWasAcceptedAndRefusesTheRest() throws Exception {
    var gate = new Semaphore(0);
    var shared = new InMemoryStateStore();
    NodeFixture mesh = new NodeFixture(s -> s, shared);
    mesh.host(
        "Slow",
        Kind.UNNAMED,
        b -> b.stateful(true).actions("work", "help"),
        call -> {
          if (call.action().equals("work")) {
            gate.acquire();
            mesh.askInside(call, "Slow", "helper", "help").orThrow();
          }
          return HostReply.of(payload("done"), payload("saved"));
        });
    mesh.start();
    Pending accepted = mesh.send("Slow", "a", "work", "");
    var result = new java.util.concurrent.CompletableFuture<Boolean>();
    Thread.ofVirtual().start(() -> result.complete(mesh.node.drain(Duration.ofSeconds(10))));
    await(() -> mesh.node.status() == NodeStatus.DRAINING);
    Failure refused = mesh.send("Slow", "b", "work", "").failure();
    assertThat(refused.code()).isEqualTo(FailureCode.NODE_UNAVAILABLE);
    // an action that asks without saying who it is
    var inside = mesh.node.invokeInside(Invocation.ask(id("Slow", "c"), "help", Payload.NONE));
    assertThat(inside.toCompletableFuture().get()).isInstanceOf(Answer.Ok.class);
    gate.release();
    assertThat(accepted.value()).isEqualTo("done");
    assertThat(result.get()).isTrue();
    assertThat(mesh.node.status()).isEqualTo(NodeStatus.STOPPED);
    assertThat(shared.load(id("Slow", "a"))).isPresent();
    try (var next = new NodeFixture(s -> s, shared).counter().start()) {
      assertThat(next.ask("Counter", "x", "add", 1)).isEqualTo("1");
    }
  }

  @Test
  void aDrainThatRunsOutOfPatienceTellsThoseWhoWait() {
    var gate = new Semaphore(0);
    var started = new CountDownLatch(1);
    try (var mesh =
        new NodeFixture()
            .host(
                "Stuck",
                Kind.UNNAMED,
                b -> b.actions("work"),
                call -> {
                  started.countDown();
                  gate.acquire();
                  return HostReply.of(Payload.NONE);
                })
            .start()) {
      Pending running = mesh.send("Stuck", "a", "work", "");
      Pending waiting = mesh.send("Stuck", "a", "work", "");
      await(() -> started.getCount() == 0);
      assertThat(mesh.node.drain(Duration.ofMillis(1))).isFalse();
      assertThat(running.failure().execution()).isEqualTo(Execution.UNKNOWN);
      assertThat(waiting.failure().execution()).isEqualTo(Execution.NOT_EXECUTED);
      gate.release(2);
    }
  }
}
