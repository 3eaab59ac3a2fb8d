package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.test.NodeFixture.await;
import static org.spawnmesh.test.NodeFixture.id;
import static org.spawnmesh.test.NodeFixture.payload;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.store.DeadLetter;
import org.spawnmesh.store.InMemoryStateStore;

/** Effects that nobody can take: they harm nobody else, and nothing of them is lost. */
class BadEffectsTest {

  private static final ActorId SENDER = id("Sender", "s");

  /** Virtual time runs far ahead of the threads: a call that is under way must not be late. */
  private static final Duration FOREVER = Duration.ofDays(365);

  private final InMemoryStateStore stored = new InMemoryStateStore();
  private final Queue<String> heard = new ConcurrentLinkedQueue<>();

  /** The sender tells the actors whose names it is told, in this order. */
  private NodeFixture mesh() {
    return new NodeFixture(
            s -> s.withTimeout(FOREVER).withDeliveryAttempts(3).withPayloadLimit(1_000), stored)
        .host(
            "Sender",
            Kind.UNNAMED,
            b -> b.stateful(true).actions("send", "later", "large"),
            BadEffectsTest::send)
        .host("Target", Kind.UNNAMED, b -> b.stateful(true).actions("hear", "fail"), this::hear);
  }

  private static HostReply send(HostCall call) {
    Payload payload = call.action().equals("large") ? payload("x".repeat(1_001)) : payload("hi");
    Duration delay = call.action().equals("later") ? Duration.ofMinutes(1) : Duration.ZERO;
    List<Effect> effects =
        List.of(NodeFixture.text(call.payload()).split(" ")).stream()
            .map(
                target -> {
                  String[] parts = target.split("/");
                  String action = parts[1].equals("bad") ? "fail" : "hear";
                  return new Effect(id(parts[0], parts[1]), action, payload, Map.of(), delay);
                })
            .toList();
    return HostReply.of(Payload.NONE, call.payload()).withEffects(effects);
  }

  private HostReply hear(HostCall call) {
    if (call.action().equals("fail")) {
      throw new IllegalStateException("never");
    }
    heard.add(call.actor().shortName());
    return HostReply.of(Payload.NONE, payload(NodeFixture.number(call.state()) + 1));
  }

  private static void pass(NodeFixture mesh, BooleanSupplier until) {
    await(
        () -> {
          mesh.timers.advance(Duration.ofMillis(100));
          return until.getAsBoolean();
        });
  }

  private static List<DeadLetter> letters(NodeFixture mesh) {
    return mesh.stored.agenda().deadLetters(SENDER, 0, 10);
  }

  private static void settle(NodeFixture mesh) {
    pass(mesh, () -> mesh.stored.agenda().outbox(SENDER, 0, 1).isEmpty());
  }

  @Test
  void aTypeThatNobodyHostsIsGivenUpAndTheOthersAreServed() {
    try (var mesh = mesh().start()) {
      mesh.ask("Sender", "s", "send", "Nowhere/n Target/t");
      settle(mesh);
      assertThat(heard).containsExactly("Target/t");
      assertThat(letters(mesh))
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.attempts()).isEqualTo(3);
                assertThat(letter.reason().code()).isEqualTo(FailureCode.UNKNOWN_TYPE);
                assertThat(letter.reason().execution()).isEqualTo(Execution.NOT_EXECUTED);
                assertThat(letter.reason().message()).contains("Nowhere");
              });
    }
  }

  @Test
  void aTargetThatAlwaysFailsHoldsUpNobodyElse() {
    try (var mesh = mesh().start()) {
      mesh.ask("Sender", "s", "send", "Target/bad Target/t Target/bad Target/t");
      settle(mesh);
      assertThat(heard).containsExactly("Target/t", "Target/t");
      assertThat(letters(mesh))
          .hasSize(2)
          .allSatisfy(letter -> assertThat(letter.reason().message()).contains("never"));
    }
  }

  @Test
  void aPayloadOverTheLimitIsGivenUpAtOnce() {
    try (var mesh = mesh().start()) {
      mesh.ask("Sender", "s", "large", "Target/t");
      settle(mesh);
      assertThat(heard).isEmpty();
      assertThat(letters(mesh))
          .singleElement()
          .satisfies(
              letter -> {
                assertThat(letter.attempts()).isEqualTo(1);
                assertThat(letter.reason().code()).isEqualTo(FailureCode.PAYLOAD_TOO_LARGE);
                assertThat(letter.entry().payload().bytes()).hasSize(1_001);
              });
    }
  }

  @Test
  void whatIsForLaterWaitsForSomebodyWhoHostsItsTarget() {
    try (var mesh = mesh().start()) {
      mesh.ask("Sender", "s", "later", "Late/l Target/t");
      pass(mesh, () -> heard.contains("Target/t"));
      ActorId late = id("Late", "l");
      assertThat(mesh.stored.agenda().reminders(late)).hasSize(1);

      mesh.host("Late", Kind.UNNAMED, b -> b.stateful(true).actions("hear"), this::hear);
      pass(mesh, () -> mesh.stored.agenda().reminders(late).isEmpty());
      assertThat(heard).containsExactly("Target/t", "Late/l");
    }
  }
}
