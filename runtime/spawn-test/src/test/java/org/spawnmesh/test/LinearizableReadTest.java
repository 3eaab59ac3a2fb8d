package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.test.NodeFixture.await;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.runtime.NodeStatus;

/** What a node that was fenced, and does not know it yet, still answers. */
class LinearizableReadTest {

  private static void fence(NodeFixture mesh) {
    var other = mesh.stored.register("other", 1);
    mesh.stored.raise(mesh.stored.view(), Set.of(other));
  }

  @Test
  void anOrdinaryReadIsAnsweredFromMemory() {
    try (var mesh = new NodeFixture().counter().start()) {
      mesh.ask("Counter", "a", "add", 5);
      fence(mesh);

      assertThat(mesh.ask("Counter", "a", "read", "")).isEqualTo("5");
    }
  }

  @Test
  void aLinearizableReadIsNot() {
    try (var mesh = new NodeFixture().counter(b -> b.linearizable(true)).start()) {
      mesh.ask("Counter", "a", "add", 5);
      assertThat(mesh.ask("Counter", "a", "read", "")).isEqualTo("5");
      fence(mesh);

      Failure failure = mesh.send("Counter", "a", "read", "").failure();

      assertThat(failure.code()).isEqualTo(FailureCode.LOST_OWNERSHIP);
    }
  }

  @Test
  void theDefaultStateActionIsARead() {
    try (var mesh = new NodeFixture().counter(b -> b.linearizable(true)).start()) {
      mesh.ask("Counter", "a", "add", 5);
      fence(mesh);

      assertThat(mesh.send("Counter", "a", "get", "").failure().code())
          .isEqualTo(FailureCode.LOST_OWNERSHIP);
    }
  }

  @Test
  void aStoreThatIsAwayConfirmsNothing() {
    try (var mesh = new NodeFixture().counter(b -> b.linearizable(true)).start()) {
      mesh.ask("Counter", "a", "add", 5);
      mesh.store.goAway();

      assertThat(mesh.send("Counter", "a", "read", "").failure().code())
          .isEqualTo(FailureCode.STORE_UNAVAILABLE);

      mesh.store.comeBack();
      assertThat(mesh.ask("Counter", "a", "read", "")).isEqualTo("5");
    }
  }

  @Test
  void aNodeThatJoinedAgainReadsAnew() {
    try (var mesh = new NodeFixture().counter(b -> b.linearizable(true)).start()) {
      mesh.ask("Counter", "a", "add", 5);
      fence(mesh);
      assertThat(mesh.send("Counter", "a", "add", 1).failure().code())
          .isEqualTo(FailureCode.LOST_OWNERSHIP);
      await(() -> mesh.node.status() == NodeStatus.ACCEPTING);

      assertThat(mesh.ask("Counter", "a", "read", "")).isEqualTo("5");
    }
  }
}
