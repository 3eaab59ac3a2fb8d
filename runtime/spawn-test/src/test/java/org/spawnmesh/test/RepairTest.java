package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.test.NodeFixture.id;
import static org.spawnmesh.test.NodeFixture.payload;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.Replacement;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.StateStore.Revision;

/** What somebody who looks after a mesh does to one actor: pause it, put another state in place. */
class RepairTest {

  private NodeFixture fixture;

  @BeforeEach
  void start() {
    fixture = new NodeFixture().counter(b -> b.history(10)).start();
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  private Answer replace(String name, String what, Object state, boolean onlyNew) {
    return new NodeFixture.Pending(
            fixture
                .node
                .repair()
                .replace(
                    id("Counter", name),
                    what,
                    new Replacement(payload(state), Map.of("mended", "yes"), onlyNew))
                .toCompletableFuture())
        .answer();
  }

  @Test
  void aPausedActorRefusesCallsUntilItIsResumed() {
    fixture.ask("Counter", "a", "add", 1);
    assertThat(fixture.node.repair().pause(id("Counter", "a"), "paused by ops")).isTrue();

    Failure refused = fixture.send("Counter", "a", "add", 1).failure();
    assertThat(refused.code()).isEqualTo(FailureCode.ACTOR_PAUSED);
    assertThat(refused.message()).contains("Counter/a").contains("paused by ops");
    assertThat(fixture.ask("Counter", "b", "add", 1)).isEqualTo("1");
    assertThat(fixture.node.repair().pause(id("Counter", "a"), "again")).isFalse();
    assertThat(fixture.node.repair().release(id("Counter", "a")))
        .as("it is no quarantine")
        .isFalse();

    assertThat(fixture.node.repair().resume(id("Counter", "a"))).isTrue();
    assertThat(fixture.node.repair().resume(id("Counter", "a"))).isFalse();
    assertThat(fixture.ask("Counter", "a", "add", 1)).isEqualTo("2");
  }

  @Test
  void aQuarantinedActorIsNotResumed() {
    fixture.store.corrupt(id("Counter", "a"));
    fixture.send("Counter", "a", "add", 1).failure();

    assertThat(fixture.node.repair().resume(id("Counter", "a"))).isFalse();
    assertThat(fixture.node.inspect().quarantined(id("Counter", "a"))).isPresent();
  }

  @Test
  void anotherStateIsANewRevisionThatIsDurableWhenItIsAnswered() {
    fixture.ask("Counter", "a", "add", 5);
    fixture.ask("Counter", "a", "add", 5);

    assertThat(replace("a", "restore 1", 5, false)).isEqualTo(Answer.EMPTY);

    List<Revision> history = fixture.store.history(id("Counter", "a"), 10);
    assertThat(history)
        .extracting(r -> r.snapshot().revision() + " " + r.cause().action())
        .containsExactly("3 restore 1", "2 add", "1 add");
    assertThat(history.getFirst().snapshot().tags()).containsEntry("mended", "yes");
    assertThat(fixture.ask("Counter", "a", "add", 1)).isEqualTo("6");
  }

  @Test
  void aPausedActorIsRestoredAndStaysPaused() {
    fixture.ask("Counter", "a", "add", 5);
    fixture.node.repair().pause(id("Counter", "a"), "paused by ops");

    assertThat(replace("a", "restore 1", 1, false)).isEqualTo(Answer.EMPTY);
    assertThat(fixture.send("Counter", "a", "add", 1).failure().code())
        .isEqualTo(FailureCode.ACTOR_PAUSED);

    fixture.node.repair().resume(id("Counter", "a"));
    assertThat(fixture.ask("Counter", "a", "add", 1)).isEqualTo("2");
  }

  @Test
  void aForkNeverOverwritesAnActor() {
    fixture.ask("Counter", "a", "add", 5);

    assertThat(replace("b", "fork a", 5, true)).isEqualTo(Answer.EMPTY);
    assertThat(fixture.ask("Counter", "b", "read", "")).isEqualTo("5");

    assertThat(replace("b", "fork a", 7, true))
        .isInstanceOfSatisfying(
            Answer.Failed.class,
            failed -> assertThat(failed.failure().message()).contains("exists already"));
    assertThat(fixture.ask("Counter", "b", "read", "")).isEqualTo("5");
  }

  @Test
  void aStatelessActorTakesNoState() {
    fixture.host("Echo", Kind.UNNAMED, b -> b.actions("say"), call -> HostReply.of(call.payload()));

    Answer answer =
        fixture
            .node
            .repair()
            .replace(id("Echo", "a"), "restore 1", new Replacement(payload(1), Map.of(), false))
            .toCompletableFuture()
            .join();

    assertThat(answer)
        .isInstanceOfSatisfying(
            Answer.Failed.class,
            failed -> assertThat(failed.failure().code()).isEqualTo(FailureCode.REQUEST_INVALID));
  }

  @Test
  void onlyTheOwnerPutsAnotherStateInPlace() {
    ActorDefinition counter =
        ActorDefinition.of(
            new ActorType(NodeFixture.SYSTEM, "Counter"),
            Kind.UNNAMED,
            b -> b.stateful(true).actions("add", "read"));
    try (TestMesh mesh = TestMesh.of(2).host(counter, NodeFixture::count)) {
      mesh.ask(id("Counter", "a"), "add", payload(5));
      int owner = mesh.ownerOf(id("Counter", "a"));
      SpawnNode other = mesh.node(1 - owner);

      Answer refused =
          other
              .repair()
              .replace(
                  id("Counter", "a"), "restore 1", new Replacement(payload(9), Map.of(), false))
              .toCompletableFuture()
              .join();

      assertThat(refused)
          .isInstanceOfSatisfying(
              Answer.Failed.class,
              failed -> {
                assertThat(failed.failure().code()).isEqualTo(FailureCode.NODE_UNAVAILABLE);
                assertThat(failed.failure().message()).contains("owner");
              });
      assertThat(NodeFixture.text(mesh.ask(id("Counter", "a"), "read", payload("")).orThrow()))
          .isEqualTo("5");
    }
  }
}
