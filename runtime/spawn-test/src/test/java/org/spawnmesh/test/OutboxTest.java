package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.test.NodeFixture.await;
import static org.spawnmesh.test.NodeFixture.id;
import static org.spawnmesh.test.NodeFixture.payload;
import static org.spawnmesh.test.NodeFixture.text;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Once;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.host.ActionFailedException;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.NodeSettings;
import org.spawnmesh.store.Cause;
import org.spawnmesh.store.Change;
import org.spawnmesh.store.Commit;
import org.spawnmesh.store.DeadLetter;
import org.spawnmesh.store.Enclosure;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.KeptReply;
import org.spawnmesh.store.Ledger;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.Upkeep;
import org.spawnmesh.store.View;
import org.spawnmesh.store.WriterId;
import org.spawnmesh.test.FaultyStateStore.CommitFault;

/** Messages that actors send, from the commit of their sender to that of their target. */
class OutboxTest {

  private static final ActorId SENDER = id("Sender", "s");

  /** Virtual time runs far ahead of the threads: a call that is under way must not be late. */
  private static final Duration FOREVER = Duration.ofDays(365);

  private final Queue<String> heard = new ConcurrentLinkedQueue<>();
  private final AtomicInteger failures = new AtomicInteger();

  private NodeFixture mesh(UnaryOperator<NodeSettings> settings) {
    return mesh(new NodeFixture(patient -> settings.apply(patient.withTimeout(FOREVER))));
  }

  /** A sender of as many messages as it is told, and a target that counts its state up. */
  private NodeFixture mesh(NodeFixture fixture) {
    return fixture
        .host("Sender", Kind.UNNAMED, b -> b.stateful(true).actions("send"), OutboxTest::send)
        .host("Target", Kind.UNNAMED, b -> b.stateful(true).actions("hear"), this::hear);
  }

  private static HostReply send(HostCall call) {
    long before = NodeFixture.number(call.state());
    long count = NodeFixture.number(call.payload());
    List<Effect> effects =
        IntStream.rangeClosed(1, (int) count)
            .mapToObj(i -> Effect.of(id("Target", "t"), "hear", payload(before + i)))
            .toList();
    return HostReply.of(payload(count), payload(before + count)).withEffects(effects);
  }

  private HostReply hear(HostCall call) {
    if (failures.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      throw new IllegalStateException("not now");
    }
    heard.add(text(call.payload()));
    return HostReply.of(Payload.NONE, payload(NodeFixture.number(call.state()) + 1));
  }

  private static boolean isEmpty(NodeFixture mesh) {
    return mesh.stored.agenda().outbox(SENDER, 0, 1).isEmpty();
  }

  /** Lets virtual time pass until the condition is true. */
  private static void pass(NodeFixture mesh, java.util.function.BooleanSupplier until) {
    await(
        () -> {
          mesh.timers.advance(Duration.ofMillis(100));
          return until.getAsBoolean();
        });
  }

  @Test
  void whatATurnSendsArrivesInItsOrderAndLeavesTheOutbox() {
    try (var mesh = mesh(s -> s).start()) {
      mesh.ask("Sender", "s", "send", 3);
      mesh.ask("Sender", "s", "send", 300);
      mesh.ask("Sender", "s", "send", 500);
      pass(mesh, () -> heard.size() == 803 && isEmpty(mesh));
      assertThat(heard)
          .containsExactlyElementsOf(
              IntStream.rangeClosed(1, 803).mapToObj(String::valueOf).toList());
    }
  }

  @Test
  void whatWasNotDeliveredBeforeTheEndIsDeliveredByTheNextNode() {
    var stored = new InMemoryStateStore();
    try (var mesh = new NodeFixture(s -> s.withTimeout(FOREVER), stored)) {
      mesh.host("Sender", Kind.UNNAMED, b -> b.stateful(true).actions("send"), OutboxTest::send)
          .start();
      mesh.ask("Sender", "s", "send", 600); // nobody hosts the target
    }
    assertThat(stored.agenda().outbox(SENDER, 0, 1_000)).hasSize(600);
    try (var mesh = mesh(new NodeFixture(s -> s.withTimeout(FOREVER), stored)).start()) {
      mesh.ask("Sender", "s", "send", 2); // must not overtake what was sent before
      pass(mesh, () -> heard.size() == 602 && isEmpty(mesh));
      assertThat(heard)
          .containsExactlyElementsOf(
              IntStream.rangeClosed(1, 602).mapToObj(String::valueOf).toList());
    }
  }

  @Test
  void aTargetThatFailsIsTriedAgainAndThenTheNextMessageComes() {
    failures.set(5);
    try (var mesh = mesh(s -> s).start()) {
      mesh.ask("Sender", "s", "send", 2);
      pass(mesh, () -> heard.size() == 2 && isEmpty(mesh));
      assertThat(heard).containsExactly("1", "2");
      assertThat(failures).hasValue(0);
    }
  }

  @Test
  void whatFailsTooOftenIsADeadLetterThatCanBeRetried() {
    failures.set(3);
    try (var mesh = mesh(s -> s.withDeliveryAttempts(3)).start()) {
      mesh.ask("Sender", "s", "send", 2);
      pass(mesh, () -> heard.size() == 1 && isEmpty(mesh));
      List<DeadLetter> letters = mesh.stored.agenda().deadLetters(SENDER, 0, 10);
      assertThat(letters).hasSize(1);
      DeadLetter letter = letters.getFirst();
      assertThat(letter.attempts()).isEqualTo(3);
      assertThat(letter.reason().code()).isEqualTo(FailureCode.ACTION_FAILED);
      assertThat(letter.reason().message()).contains("Target/t.hear").contains("not now");
      assertThat(text(letter.entry().payload())).isEqualTo("1");

      var retried = mesh.node.mail().retry(SENDER, letter.entry().sequence());
      pass(mesh, () -> retried.toCompletableFuture().isDone());
      pass(mesh, () -> heard.size() == 2 && isEmpty(mesh));
      assertThat(heard).containsExactly("2", "1");
      assertThat(mesh.stored.agenda().deadLetters(SENDER, 0, 10)).isEmpty();
    }
  }

  @Test
  void aDeadLetterCanBeDropped() {
    failures.set(1);
    try (var mesh = mesh(s -> s.withDeliveryAttempts(1)).start()) {
      mesh.ask("Sender", "s", "send", 1);
      pass(mesh, () -> !mesh.stored.agenda().deadLetters(SENDER, 0, 1).isEmpty());
      long sequence = mesh.stored.agenda().deadLetters(SENDER, 0, 1).getFirst().entry().sequence();
      var dropped = mesh.node.mail().drop(SENDER, sequence).toCompletableFuture();
      pass(mesh, dropped::isDone);
      assertThat(dropped.join()).isTrue();
      assertThat(mesh.stored.agenda().deadLetters(SENDER, 0, 1)).isEmpty();
      assertThat(mesh.node.mail().drop(SENDER, sequence).toCompletableFuture().join()).isFalse();
    }
  }

  @Test
  void aMessageToAnActionThatDoesNotExistIsGivenUpAtOnce() {
    try (var mesh =
        mesh(s -> s)
            .host(
                "Wrong",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("send"),
                call ->
                    HostReply.of(Payload.NONE)
                        .withEffects(List.of(Effect.of(id("Target", "t"), "sing", Payload.NONE))))
            .start()) {
      mesh.send("Wrong", "w", "send", 1).answer().orThrow();
      pass(mesh, () -> !mesh.stored.agenda().deadLetters(id("Wrong", "w"), 0, 1).isEmpty());
      assertThat(mesh.stored.agenda().deadLetters(id("Wrong", "w"), 0, 1).getFirst().attempts())
          .isEqualTo(1);
    }
  }

  @Test
  void aStatelessActorSendsDurablyToo() {
    try (var mesh =
        mesh(s -> s)
            .host(
                "Stateless",
                Kind.UNNAMED,
                b -> b.actions("send"),
                call ->
                    HostReply.of(Payload.NONE)
                        .withEffects(List.of(Effect.of(id("Target", "t"), "hear", call.payload()))))
            .start()) {
      mesh.send("Stateless", "x", "send", "a").answer().orThrow();
      mesh.send("Stateless", "x", "send", "b").answer().orThrow();
      mesh.node.repair().passivate(id("Stateless", "x"));
      mesh.send("Stateless", "x", "send", "c").answer().orThrow();
      pass(mesh, () -> heard.size() == 3);
      assertThat(heard).containsExactly("a", "b", "c");
    }
  }

  @Test
  void theSenderStaysResponsiveHoweverMuchWaitsForItsTarget() {
    try (var mesh = mesh(s -> s).start()) {
      failures.set(Integer.MAX_VALUE);
      for (int i = 0; i < 20; i++) {
        assertThat(mesh.ask("Sender", "s", "send", 5_000)).isEqualTo("5000");
      }
      assertThat(mesh.stored.agenda().outbox(SENDER, 0, 200_000)).hasSize(100_000);
      assertThat(mesh.node.mail().inMemory()).isBetween(1, 1_000);
    }
  }

  @Test
  void largeMessagesAreInMemoryAFewAtATime() {
    int megabyte = 1 << 20;
    String large = "x".repeat(megabyte);
    try (var mesh =
        mesh(s -> s)
            .host(
                "Large",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("send"),
                call ->
                    HostReply.of(Payload.NONE, call.payload())
                        .withEffects(
                            IntStream.range(0, 10)
                                .mapToObj(
                                    i ->
                                        Effect.of(
                                            id("Target", "t"),
                                            "hear",
                                            payload(text(call.payload()) + i + large)))
                                .toList()))
            .start()) {
      failures.set(Integer.MAX_VALUE);
      for (int i = 0; i < 5; i++) {
        mesh.send("Large", "l", "send", i).answer().orThrow();
        assertThat(mesh.node.mail().bytesInMemory()).isBetween(0L, 9L * megabyte);
      }
      failures.set(0);
      pass(
          mesh,
          () -> {
            assertThat(mesh.node.mail().bytesInMemory()).isBetween(0L, 18L * megabyte);
            return heard.size() == 50;
          });
      pass(mesh, () -> mesh.node.mail().bytesInMemory() == 0);
      assertThat(heard.stream().map(message -> message.substring(0, 2)))
          .containsExactlyElementsOf(IntStream.range(0, 50).mapToObj("%02d"::formatted).toList());
    }
  }

  // What nobody knows whether it was applied

  /** A target that fails in a way that says nothing, after what the test lets it do. */
  private NodeFixture silentTarget(java.util.function.Consumer<NodeFixture> before) {
    NodeFixture fixture =
        new NodeFixture(s -> s.withTimeout(FOREVER).withDeliveryAttempts(1), stored);
    return fixture
        .host("Sender", Kind.UNNAMED, b -> b.stateful(true).actions("send"), OutboxTest::send)
        .host(
            "Target",
            Kind.UNNAMED,
            b -> b.stateful(true).actions("hear"),
            call -> {
              if (failures.getAndDecrement() <= 0) {
                return hear(call);
              }
              before.accept(fixture);
              throw new ActionFailedException(
                  Failure.unknown(FailureCode.NODE_UNAVAILABLE, "the connection broke"));
            });
  }

  private final InMemoryStateStore stored = new InMemoryStateStore();

  /** Another node applies the first message that waits, and nobody hears of it. */
  private static void applyElsewhere(NodeFixture mesh, long sequence) {
    Ledger ledger = mesh.stored.ledger();
    Incarnation other = ledger.register("other", 1);
    View view = ledger.view();
    Set<Incarnation> members = new HashSet<>(view.members());
    members.add(other);
    ledger.raise(view, members, view.details());
    ActorId target = id("Target", "t");
    Once once = Once.from(SENDER, sequence);
    KeptReply kept =
        new KeptReply(
            target,
            once.source(),
            once.number(),
            null,
            Answer.EMPTY,
            mesh.timers.instant().plus(FOREVER));
    mesh.stored.commit(
        new Commit(
            new WriterId(other, 0),
            1,
            List.of(
                new Change(
                    new Snapshot(target, 1, payload(1), Map.of()),
                    Snapshot.NEVER_SAVED,
                    new Cause("hear", SENDER, null, mesh.timers.instant()),
                    0,
                    new Enclosure(List.of(), List.of(kept), List.of()))),
            Upkeep.NONE));
  }

  @Test
  void whatWasAppliedIsNoDeadLetterThoughNobodyHasSaidSo() {
    failures.set(1);
    try (var mesh =
        silentTarget(
                fixture ->
                    applyElsewhere(
                        fixture,
                        fixture.stored.agenda().outbox(SENDER, 0, 1).getFirst().sequence()))
            .start()) {
      mesh.ask("Sender", "s", "send", 1);
      pass(mesh, () -> isEmpty(mesh));
      assertThat(mesh.stored.agenda().deadLetters(SENDER, 0, 1)).isEmpty();
      assertThat(heard).isEmpty();
    }
  }

  @Test
  void aDeadLetterThatWasAppliedAfterAllIsNotAppliedAgainWhenItIsRetried() {
    failures.set(1);
    try (var mesh = silentTarget(fixture -> {}).start()) {
      mesh.ask("Sender", "s", "send", 1);
      pass(mesh, () -> !mesh.stored.agenda().deadLetters(SENDER, 0, 1).isEmpty());
      DeadLetter letter = mesh.stored.agenda().deadLetters(SENDER, 0, 1).getFirst();
      assertThat(letter.reason().execution()).isEqualTo(Execution.UNKNOWN);
      applyElsewhere(mesh, letter.entry().sequence());
      await(() -> mesh.node.repair().passivate(id("Target", "t"))); // the actor has moved meanwhile

      retry(mesh, letter);
      assertThat(heard).isEmpty();
    }
  }

  @Test
  void aDeadLetterOfWhichNobodyKnowsIsAppliedWhenItIsRetried() {
    failures.set(1);
    try (var mesh = silentTarget(fixture -> {}).start()) {
      mesh.ask("Sender", "s", "send", 1);
      pass(mesh, () -> !mesh.stored.agenda().deadLetters(SENDER, 0, 1).isEmpty());
      mesh.ask("Sender", "s", "send", 1); // a later one does not stand for it
      pass(mesh, () -> heard.size() == 1 && isEmpty(mesh));

      retry(mesh, mesh.stored.agenda().deadLetters(SENDER, 0, 1).getFirst());
      assertThat(heard).containsExactly("2", "1");
    }
  }

  private void retry(NodeFixture mesh, DeadLetter letter) {
    var retried = mesh.node.mail().retry(SENDER, letter.entry().sequence()).toCompletableFuture();
    pass(mesh, retried::isDone);
    pass(mesh, () -> isEmpty(mesh));
  }

  @Test
  void aForgottenMessageIsNotWrittenDown() {
    try (var mesh =
        mesh(s -> s)
            .host(
                "Signal",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("send"),
                call ->
                    HostReply.of(Payload.NONE, call.payload())
                        .withEffects(
                            List.of(
                                Effect.of(id("Target", "t"), "hear", call.payload()).forgotten(),
                                Effect.of(id("Nowhere", "n"), "hear", call.payload()).forgotten())))
            .start()) {
      mesh.send("Signal", "x", "send", "a").answer().orThrow();
      await(() -> heard.size() == 1);
      assertThat(mesh.stored.agenda().outbox(id("Signal", "x"), 0, 1)).isEmpty();
      assertThat(mesh.unheard).hasSize(1);
    }
  }

  // Keyed calls

  private static Invocation keyed(String key, Object payload) {
    return Invocation.ask(id("Counter", "c"), "add", payload(payload)).withOnce(Once.key(key));
  }

  @Test
  void aCallUnderAKeyIsAppliedOnceAndAnsweredTheSame() {
    try (var mesh = new NodeFixture().counter().start()) {
      assertThat(mesh.send(keyed("k1", 5)).value()).isEqualTo("5");
      assertThat(mesh.ask("Counter", "c", "add", 1)).isEqualTo("6");
      assertThat(mesh.send(keyed("k1", 5)).value()).isEqualTo("5");
      assertThat(mesh.send(keyed("k2", 5)).value()).isEqualTo("11");
      mesh.node.repair().passivate(id("Counter", "c"));
      assertThat(mesh.send(keyed("k1", 5)).value()).isEqualTo("5");
      assertThat(mesh.ask("Counter", "c", "read", "")).isEqualTo("11");
    }
  }

  @Test
  void aReplyIsKeptAlsoByANodeThatStartsAnew() {
    var stored = new InMemoryStateStore();
    try (var mesh = new NodeFixture(s -> s.withTimeout(FOREVER), stored).counter().start()) {
      assertThat(mesh.send(keyed("k1", 5)).value()).isEqualTo("5");
    }
    try (var mesh = new NodeFixture(s -> s.withTimeout(FOREVER), stored).counter().start()) {
      assertThat(mesh.ask("Counter", "c", "add", 1)).isEqualTo("6");
      assertThat(mesh.send(keyed("k1", 5)).value()).isEqualTo("5");
    }
  }

  @Test
  void aFailureThatIsAnAnswerIsKeptAndOneThatIsNoneIsNot() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.store.failCommits(CommitFault.UNAVAILABLE);
      assertThat(mesh.send(keyed("k1", 5)).failure().code())
          .isEqualTo(FailureCode.STORE_UNAVAILABLE);
      assertThat(mesh.send(keyed("k1", 5)).value()).isEqualTo("5");

      Invocation failing =
          Invocation.ask(id("Counter", "c"), "fail", payload(1)).withOnce(Once.key("k2"));
      var first = mesh.send(failing).failure();
      mesh.node.repair().passivate(id("Counter", "c"));
      assertThat(mesh.send(failing).failure()).isEqualTo(first);
      assertThat(first.code()).isEqualTo(FailureCode.ACTION_FAILED);
      assertThat(mesh.stored.agenda().reply(id("Counter", "c"), "key:k2")).isPresent();
    }
  }

  @Test
  void aKeyBelongsToOneCall() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.send(keyed("k1", 5)).value();
      assertThat(mesh.send(keyed("k1", 6)).failure().code()).isEqualTo(FailureCode.KEY_REUSED);
      assertThat(
              mesh.send(
                      Invocation.ask(id("Counter", "c"), "read", payload(5))
                          .withOnce(Once.key("k1")))
                  .failure()
                  .code())
          .isEqualTo(FailureCode.KEY_REUSED);
      assertThat(mesh.ask("Counter", "c", "read", "")).isEqualTo("5");
    }
  }

  @Test
  void aDuplicateThatComesWhileTheFirstRunsWaitsForIt() throws Exception {
    var runs = new AtomicInteger();
    var go = new java.util.concurrent.CountDownLatch(1);
    try (var mesh =
        new NodeFixture()
            .host(
                "Slow",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("go"),
                call -> {
                  go.await();
                  return HostReply.of(payload(runs.incrementAndGet()), payload(runs.get()));
                })
            .start()) {
      Invocation call = Invocation.ask(id("Slow", "x"), "go", payload("")).withOnce(Once.key("k"));
      var first = mesh.send(call);
      var second = mesh.send(call);
      assertThat(second.isAnswered()).isFalse();
      go.countDown();
      assertThat(first.value()).isEqualTo("1");
      assertThat(second.value()).isEqualTo("1");
      assertThat(runs).hasValue(1);
    }
  }

  @Test
  void manyKeysAreRememberedThoughFewAreInMemory() {
    try (var mesh = new NodeFixture().counter().start()) {
      for (int i = 0; i < 3_000; i++) {
        mesh.send(keyed("k" + i, 1)).answer().orThrow();
      }
      for (int i = 0; i < 3_000; i += 7) {
        assertThat(mesh.send(keyed("k" + i, 1)).value()).isEqualTo(String.valueOf(i + 1));
      }
      assertThat(mesh.ask("Counter", "c", "read", "")).isEqualTo("3000");
    }
  }
}
