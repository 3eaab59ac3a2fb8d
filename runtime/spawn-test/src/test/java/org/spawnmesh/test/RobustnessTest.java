package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.test.NodeFixture.await;
import static org.spawnmesh.test.NodeFixture.id;
import static org.spawnmesh.test.NodeFixture.payload;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.TimerDefinition;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.LocalNode;
import org.spawnmesh.cluster.Placement;
import org.spawnmesh.cluster.Standalone;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.NodeListener;
import org.spawnmesh.runtime.NodeStatus;
import org.spawnmesh.runtime.PassivationReason;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Ledger;
import org.spawnmesh.test.FaultyStateStore.CommitFault;
import org.spawnmesh.test.NodeFixture.Pending;

/** Other people's code inside a node breaks, and the node does not. */
class RobustnessTest {

  static List<Supplier<Throwable>> mishaps() {
    return List.of(
        () -> new IllegalStateException("broken"),
        () -> new NoClassDefFoundError("a class of the application"),
        () -> new AssertionError("broken"),
        () -> new StackOverflowError());
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void raise(Supplier<Throwable> mishap) throws E {
    throw (E) mishap.get();
  }

  /** Throws whatever it hears. */
  private record Grumbler(Supplier<Throwable> mishap) implements NodeListener {

    private void grumble() {
      RobustnessTest.<RuntimeException>raise(mishap);
    }

    @Override
    public @Nullable Consumer<Answer> invoked(Invocation invocation) {
      if (invocation.action().equals("read")) {
        grumble();
      }
      return answer -> grumble();
    }

    @Override
    public void unheardFailure(Invocation invocation, Failure failure) {
      grumble();
    }

    @Override
    public void activated(ActorId actor) {
      grumble();
    }

    @Override
    public void passivated(ActorId actor, PassivationReason reason) {
      grumble();
    }

    @Override
    public void quarantined(ActorId actor, Failure failure) {
      grumble();
    }

    @Override
    public void committed(int changes, int turns, long nanos) {
      grumble();
    }

    @Override
    public void commitFailed(int changes, Failure failure) {
      grumble();
    }

    @Override
    public void statusChanged(NodeStatus status) {
      grumble();
    }
  }

  @ParameterizedTest
  @MethodSource("mishaps")
  void aListenerThatThrowsDisturbsNobody(Supplier<Throwable> mishap) {
    try (var mesh =
        new NodeFixture(
                s -> s.withWriters(1),
                new InMemoryStateStore(),
                node -> node.listener(new Grumbler(mishap)))
            .counter()
            .start()) {
      assertThat(mesh.ask("Counter", "a", "add", 5)).isEqualTo("5");
      mesh.store.failCommits(CommitFault.UNAVAILABLE);
      assertThat(mesh.send("Counter", "a", "add", 1).failure().code())
          .isEqualTo(FailureCode.STORE_UNAVAILABLE);
      mesh.send(Invocation.tell(id("Counter", "a"), "fail", Payload.NONE)).answer();
      assertThat(mesh.ask("Counter", "a", "add", 1)).isEqualTo("6");
      await(() -> mesh.node.repair().passivate(id("Counter", "a")));
      mesh.store.corrupt(id("Counter", "a"));
      assertThat(mesh.send("Counter", "a", "read", "").failure().code())
          .isEqualTo(FailureCode.STATE_UNREADABLE);
      assertThat(mesh.ask("Counter", "b", "add", 1)).isEqualTo("1");
      assertThat(mesh.node.drain(Duration.ofSeconds(10))).isTrue();
    }
  }

  /** A state that the application's own class encodes, when the writer asks for it. */
  private record Unencodable(Supplier<Throwable> mishap) implements Payload {

    @Override
    public String type() {
      return "unencodable";
    }

    @Override
    public byte[] bytes() {
      RobustnessTest.<RuntimeException>raise(mishap);
      return new byte[0];
    }

    @Override
    public int knownSize() {
      return -1;
    }
  }

  @ParameterizedTest
  @MethodSource("mishaps")
  void aStateThatCannotBeEncodedFailsAloneAndTheWriterGoesOn(Supplier<Throwable> mishap) {
    try (var mesh =
        new NodeFixture(s -> s.withWriters(1))
            .host(
                "Note",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("write", "spoil"),
                call ->
                    HostReply.of(
                        payload("ok"),
                        call.action().equals("spoil") ? new Unencodable(mishap) : call.payload()))
            .start()) {
      mesh.ask("Note", "a", "write", "before");
      Pending spoilt = mesh.send("Note", "a", "spoil", "");
      Pending other = mesh.send("Note", "b", "write", "fine");
      assertThat(spoilt.failure().code()).isEqualTo(FailureCode.REPLY_INVALID);
      assertThat(spoilt.failure().message()).contains("Note/a", "cannot be encoded");
      assertThat(other.value()).isEqualTo("ok");
      assertThat(mesh.ask("Note", "a", "get", "")).isEqualTo("before");
      assertThat(mesh.ask("Note", "a", "write", "after")).isEqualTo("ok");
    }
  }

  /** An answer that cannot be given, because its effect cannot be sent, stops no other answer. */
  @ParameterizedTest
  @MethodSource("mishaps")
  void aReleaseThatThrowsStopsNoOtherAnswer(Supplier<Throwable> mishap) {
    var standalone = new Standalone("test", Duration.ZERO);
    Cluster lost =
        new Cluster() {
          @Override
          public Placement placement(Invocation invocation) {
            if (invocation.actor().name().equals("nowhere")) {
              RobustnessTest.<RuntimeException>raise(mishap);
            }
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
        };
    var sent = new AtomicInteger();
    try (var mesh =
        new NodeFixture(s -> s.withWriters(1), new InMemoryStateStore(), node -> node.cluster(lost))
            .counter()
            .host(
                "Sender",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("send"),
                call -> {
                  sent.incrementAndGet();
                  return HostReply.of(Payload.NONE, payload("sent"))
                      .withEffects(
                          List.of(
                              Effect.of(id("Counter", "nowhere"), "add", payload(1)).forgotten()));
                })
            .start()) {
      mesh.send("Sender", "s", "send", "");
      await(() -> mesh.stored.load(id("Sender", "s")).isPresent());
      assertThat(mesh.ask("Counter", "a", "add", 1)).isEqualTo("1");
      assertThat(sent).hasValue(1);
      assertThat(mesh.node.drain(Duration.ZERO)).as("one answer is never given").isFalse();
    }
  }

  /** Who continues from an answer on the node's own threads must not stop the answers behind. */
  @ParameterizedTest
  @MethodSource("mishaps")
  void aContinuationThatThrowsStopsNoOtherAnswer(Supplier<Throwable> mishap) {
    try (var mesh = new NodeFixture(s -> s.withWriters(1)).counter().start()) {
      mesh.node
          .invoke(Invocation.ask(id("Counter", "a"), "add", payload(1)))
          .thenAccept(answer -> RobustnessTest.<RuntimeException>raise(mishap));
      assertThat(mesh.ask("Counter", "a", "add", 1)).isEqualTo("2");
    }
  }

  @Test
  void aHostThatAnswersNullInTheInitActionIsToldSoAndAskedAgain() {
    var broken = new AtomicBoolean(true);
    try (var mesh =
        new NodeFixture()
            .host(
                "Cart",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("init", "add").initAction("init"),
                call ->
                    call.action().equals("init")
                        ? (broken.get() ? null : HostReply.of(Payload.NONE))
                        : NodeFixture.count(call))
            .start()) {
      Failure failure = mesh.send("Cart", "a", "add", 1).failure();
      assertThat(failure.code()).isEqualTo(FailureCode.REPLY_INVALID);
      assertThat(failure.execution()).isEqualTo(Execution.NOT_EXECUTED);
      assertThat(failure.message()).contains("Cart/a cannot be activated", "Cart/a.init");
      broken.set(false);
      assertThat(mesh.ask("Cart", "a", "add", 1)).isEqualTo("1");
    }
  }

  @Test
  void aTimerTicksOnAfterATickThatFoundTheMailboxFull() {
    var ticks = new AtomicInteger();
    var gate = new Semaphore(0);
    var working = new AtomicInteger();
    try (var mesh =
        new NodeFixture(s -> s.withMailboxLimit(1))
            .host(
                "Clock",
                Kind.UNNAMED,
                b ->
                    b.actions("work", "tick")
                        .timers(List.of(new TimerDefinition("tick", Duration.ofSeconds(1)))),
                call -> {
                  if (call.action().equals("tick")) {
                    ticks.incrementAndGet();
                  } else {
                    working.incrementAndGet();
                    gate.acquire();
                  }
                  return HostReply.of(payload("ok"));
                })
            .start()) {
      Pending work = mesh.send("Clock", "a", "work", "");
      await(() -> working.get() == 1);
      mesh.timers.advance(Duration.ofSeconds(2)); // refused: the actor works
      assertThat(ticks).hasValue(0);
      gate.release();
      assertThat(work.value()).isEqualTo("ok");
      await(() -> mesh.node.inspect().activation(id("Clock", "a")).orElseThrow().mailbox() == 0);
      for (int i = 1; i <= 2; i++) {
        int expected = i;
        mesh.timers.advance(Duration.ofSeconds(1));
        await(() -> ticks.get() == expected);
        await(() -> mesh.node.inspect().activation(id("Clock", "a")).orElseThrow().mailbox() == 0);
      }
    }
  }

  @Test
  void anInterruptThatAnActionLeavesBehindIsNotForTheNextOne() {
    var gate = new Semaphore(0);
    try (var mesh =
        new NodeFixture()
            .host(
                "Rude",
                Kind.UNNAMED,
                b -> b.actions("interrupt", "look"),
                call -> {
                  if (call.action().equals("interrupt")) {
                    gate.acquire(); // until the next call waits too, so that both have one thread
                    Thread.currentThread().interrupt();
                  }
                  return HostReply.of(payload(Thread.currentThread().isInterrupted()));
                })
            .start()) {
      Pending rude = mesh.send("Rude", "a", "interrupt", "");
      Pending next = mesh.send("Rude", "a", "look", "");
      gate.release();
      assertThat(rude.value()).isEqualTo("true");
      assertThat(next.value()).isEqualTo("false");
    }
  }

  @Test
  void anInterruptThatTheInitActionLeavesBehindIsNotForTheFirstCall() {
    try (var mesh =
        new NodeFixture()
            .host(
                "Rude",
                Kind.UNNAMED,
                b -> b.actions("init", "look").initAction("init"),
                call -> {
                  if (call.action().equals("init")) {
                    Thread.currentThread().interrupt();
                  }
                  return HostReply.of(payload(Thread.currentThread().isInterrupted()));
                })
            .start()) {
      assertThat(mesh.ask("Rude", "a", "look", "")).isEqualTo("false");
    }
  }
}
