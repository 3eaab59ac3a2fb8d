package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.test.NodeFixture.await;
import static org.spawnmesh.test.NodeFixture.id;
import static org.spawnmesh.test.NodeFixture.payload;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Once;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.Route;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.test.FaultyStateStore.CommitFault;

/** Calls under a key, and effects, that end in a pipe or a forward. */
class PassedOnTest {

  private static final ActorId DOOR = id("Door", "d");
  private static final ActorId COUNTER = id("Counter", "c");

  /** Virtual time runs far ahead of the threads: a call that is under way must not be late. */
  private static final Duration FOREVER = Duration.ofDays(365);

  private final InMemoryStateStore stored = new InMemoryStateStore();

  /**
   * Whoever comes to the door is counted, and let through to the counter: with twice its number by
   * "pipe", with its own by "forward", and through another door first by "twice".
   */
  private NodeFixture mesh() {
    return new NodeFixture(s -> s.withTimeout(FOREVER), stored)
        .counter()
        .host(
            "Door",
            Kind.UNNAMED,
            b -> b.stateful(true).actions("pipe", "forward", "twice", "visits"),
            PassedOnTest::pass)
        .host(
            "Sender",
            Kind.UNNAMED,
            b -> b.stateful(true).actions("pipe", "forward"),
            call ->
                HostReply.of(Payload.NONE, call.payload())
                    .withEffects(List.of(Effect.of(DOOR, call.action(), call.payload()))))
        .start();
  }

  private static HostReply pass(HostCall call) {
    long visits = NodeFixture.number(call.state());
    if (call.action().equals("visits")) {
      return HostReply.of(payload(visits));
    }
    long number = NodeFixture.number(call.payload());
    Route route =
        switch (call.action()) {
          case "pipe" -> new Route.Pipe(COUNTER, "add");
          case "forward" -> new Route.Forward(COUNTER, "add");
          default -> new Route.Forward(id("Door", "second"), "pipe");
        };
    return HostReply.of(payload(2 * number), payload(visits + 1)).withRoute(route);
  }

  private static Invocation keyed(String action, String key, int number) {
    return Invocation.ask(DOOR, action, payload(number)).withOnce(Once.key(key));
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipe", "forward", "twice"})
  void aDuplicateIsAnsweredAsTheFirstWasByTheLast(String action) {
    String first;
    try (var mesh = mesh()) {
      first = mesh.send(keyed(action, "k", 5)).value();
      assertThat(first).isEqualTo(action.equals("forward") ? "5" : "10");
      assertThat(mesh.ask("Counter", "c", "add", 1)).isNotEqualTo(first);

      assertThat(mesh.send(keyed(action, "k", 5)).value()).isEqualTo(first);
      mesh.node.repair().passivate(DOOR);
      mesh.node.repair().passivate(COUNTER);
      assertThat(mesh.send(keyed(action, "k", 5)).value()).isEqualTo(first);
      assertThat(mesh.ask("Door", "d", "visits", "")).isEqualTo("1");
    }
    try (var mesh = mesh()) { // another process
      assertThat(mesh.send(keyed(action, "k", 5)).value()).isEqualTo(first);
      assertThat(mesh.ask("Counter", "c", "read", ""))
          .isEqualTo(String.valueOf(Integer.parseInt(first) + 1));
      assertThat(mesh.ask("Door", "d", "visits", "")).isEqualTo("1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipe", "forward", "twice"})
  void aDuplicateGoesOnWhereTheFirstEnded(String action) {
    try (var mesh = mesh()) {
      mesh.store.refuse(COUNTER);
      var failed = mesh.send(keyed(action, "k", 5)).failure();
      assertThat(failed.code()).isEqualTo(FailureCode.COMMIT_REFUSED);
      assertThat(failed.execution()).isEqualTo(Execution.UNKNOWN);
      // it is true of the duplicate, too: the door has let it through before
      assertThat(mesh.send(keyed(action, "k", 5)).failure().execution())
          .isEqualTo(Execution.UNKNOWN);

      mesh.store.refuse(null);
      String value = mesh.send(keyed(action, "k", 5)).value();
      assertThat(value).isEqualTo(action.equals("forward") ? "5" : "10");
      assertThat(mesh.send(keyed(action, "k", 5)).value()).isEqualTo(value);
      assertThat(mesh.ask("Counter", "c", "read", "")).isEqualTo(value);
      assertThat(mesh.ask("Door", "d", "visits", "")).isEqualTo("1");
    }
  }

  @Test
  void theKeyOfAnotherCallIsAnotherKey() {
    try (var mesh = mesh()) {
      assertThat(mesh.send(keyed("forward", "k", 5)).value()).isEqualTo("5");
      Invocation direct = Invocation.ask(COUNTER, "add", payload(7)).withOnce(Once.key("k"));
      assertThat(mesh.send(direct).value()).isEqualTo("12");
      Invocation byAnotherDoor =
          Invocation.ask(id("Door", "e"), "forward", payload(5)).withOnce(Once.key("k"));
      assertThat(mesh.send(byAnotherDoor).value()).isEqualTo("17");
      assertThat(mesh.send(keyed("forward", "k", 5)).value()).isEqualTo("5");
      assertThat(mesh.send(direct).value()).isEqualTo("12");
    }
  }

  @Test
  void aFailureOfTheLastIsAnAnswerAndIsKept() {
    try (var mesh =
        mesh()
            .host(
                "Wrong",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("pass"),
                call ->
                    HostReply.of(Payload.NONE, payload(1))
                        .withRoute(new Route.Forward(COUNTER, "fail")))) {
      Invocation call =
          Invocation.ask(id("Wrong", "w"), "pass", payload(1)).withOnce(Once.key("k"));
      var first = mesh.send(call).failure();
      assertThat(first.code()).isEqualTo(FailureCode.ACTION_FAILED);
      mesh.node.repair().passivate(COUNTER);
      assertThat(mesh.send(call).failure()).isEqualTo(first);
    }
  }

  @Test
  void whatIsToldUnderAKeyIsPassedOnOnce() {
    try (var mesh = mesh()) {
      Invocation tell = Invocation.tell(DOOR, "forward", payload(5)).withOnce(Once.key("k"));
      mesh.send(tell).answer().orThrow();
      mesh.send(tell).answer().orThrow();
      await(() -> mesh.ask("Counter", "c", "read", "").equals("5"));
      // asked under the same key it finds what became of both
      assertThat(mesh.send(keyed("forward", "k", 5)).value()).isEqualTo("5");
      assertThat(mesh.ask("Counter", "c", "read", "")).isEqualTo("5");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pipe", "forward"})
  void anEffectThatIsPassedOnArrivesOnce(String action) {
    try (var mesh = mesh()) {
      mesh.store.refuse(COUNTER); // the door lets it through, and the counter cannot take it
      mesh.send("Sender", "s", action, 5).answer().orThrow();
      await(() -> mesh.ask("Door", "d", "visits", "").equals("1"));
      assertThat(mesh.stored.agenda().outbox(id("Sender", "s"), 0, 10)).hasSize(1);

      mesh.store.refuse(null);
      await(
          () -> {
            mesh.timers.advance(Duration.ofMillis(100));
            return mesh.stored.agenda().outbox(id("Sender", "s"), 0, 10).isEmpty();
          });
      assertThat(mesh.ask("Counter", "c", "read", ""))
          .isEqualTo(action.equals("forward") ? "5" : "10");
      assertThat(mesh.ask("Door", "d", "visits", "")).isEqualTo("1");
    }
  }

  @Test
  void whatDidNotBecomeDurableIsNotPassedOn() {
    try (var mesh = mesh()) {
      mesh.store.failCommits(CommitFault.UNAVAILABLE);
      assertThat(mesh.send(keyed("forward", "k", 5)).failure().execution())
          .isEqualTo(Execution.NOT_EXECUTED);
      assertThat(mesh.ask("Counter", "c", "read", "")).isEqualTo("0");
      assertThat(mesh.send(keyed("forward", "k", 5)).value()).isEqualTo("5");
    }
  }
}
