package org.spawnmesh.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;

class TestMeshTest {

  private static final ActorType NOTE = new ActorType("test", "Note");
  private static final ActorId MINE = new ActorId(NOTE, "mine");

  private static HostReply keep(HostCall call) {
    Payload before = call.state() == null ? Payload.NONE : call.state();
    return call.payload().isNone() ? HostReply.of(before) : HostReply.of(before, call.payload());
  }

  private static TestMesh mesh() {
    return TestMesh.of(1)
        .host(
            ActorDefinition.of(NOTE, Kind.UNNAMED, parts -> parts.stateful(true).actions("keep")),
            TestMeshTest::keep);
  }

  private static Payload text(String text) {
    return Payload.of("text", text.getBytes(UTF_8));
  }

  @Test
  void anActorKeepsItsStateWhenTheMeshIsRestarted() {
    try (TestMesh mesh = mesh()) {
      mesh.ask(MINE, "keep", text("milk")).orThrow();
      mesh.restart();
      assertThat(mesh.ask(MINE, "keep", Payload.NONE).orThrow().bytes())
          .isEqualTo("milk".getBytes(UTF_8));
    }
  }

  @Test
  void anActorThatNobodyCallsLeavesMemoryWhenItsTimeHasPassed() {
    try (TestMesh mesh = mesh()) {
      mesh.ask(MINE, "keep", Payload.NONE).orThrow();
      assertThat(mesh.node().inspect().activation(MINE)).isPresent();
      mesh.await(
          () -> {
            mesh.advance(Duration.ofSeconds(30));
            return mesh.node().inspect().activation(MINE).isEmpty();
          });
    }
  }
}
