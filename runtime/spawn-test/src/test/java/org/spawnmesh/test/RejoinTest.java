package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.spawnmesh.test.NodeFixture.await;
import static org.spawnmesh.test.NodeFixture.id;
import static org.spawnmesh.test.NodeFixture.payload;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.LocalNode;
import org.spawnmesh.cluster.Placement;
import org.spawnmesh.cluster.Standalone;
import org.spawnmesh.runtime.NodeListener;
import org.spawnmesh.runtime.NodeStatus;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.Cause;
import org.spawnmesh.store.Change;
import org.spawnmesh.store.Commit;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Ledger;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.StoreUnavailableException;
import org.spawnmesh.store.WriterId;
import org.spawnmesh.test.NodeFixture.Pending;

/** A node that loses its right to write, or is stopped, while it is joining. */
class RejoinTest {

  /** Where the test can hold a node up: on its way into the mesh, and a call on its way in. */
  private static final class Gates implements Cluster {

    private final Standalone standalone = new Standalone("test", Duration.ZERO);
    private final AtomicInteger refused = new AtomicInteger();
    private volatile boolean refuses;
    private volatile CountDownLatch joins = new CountDownLatch(0);
    private final CountDownLatch joining = new CountDownLatch(1);
    private final CountDownLatch routing = new CountDownLatch(1);
    private final CountDownLatch routes = new CountDownLatch(1);

    /** The next one to join waits for {@link #letJoin}. */
    Gates holdJoins() {
      joins = new CountDownLatch(1);
      return this;
    }

    void letJoin() {
      joins.countDown();
    }

    void refuseJoins() {
      refuses = true;
    }

    private static void pass(CountDownLatch gate) {
      try {
        if (!gate.await(30, TimeUnit.SECONDS)) {
          throw new AssertionError("held up for ever");
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public CompletionStage<Incarnation> join(Ledger ledger, int writers, LocalNode node) {
      CountDownLatch gate = joins;
      if (gate.getCount() > 0) {
        joining.countDown();
        pass(gate);
      }
      if (refuses) {
        refused.incrementAndGet();
        throw new StoreUnavailableException("nobody may join");
      }
      return standalone.join(ledger, writers, node);
    }

    @Override
    public Placement placement(Invocation invocation) {
      if (invocation.actor().name().equals("held")) {
        routing.countDown();
        pass(routes);
      }
      return standalone.placement(invocation);
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

  private final Gates gates = new Gates();
  private final InMemoryStateStore shared = new InMemoryStateStore();

  private NodeFixture node() {
    return new NodeFixture(s -> s, shared, node -> node.cluster(gates)).counter();
  }

  /** Another node takes the mesh over. */
  private WriterId takeOver() {
    Incarnation other = shared.register("other", 1);
    shared.raise(shared.view(), Set.of(other));
    return new WriterId(other, 0);
  }

  private void write(WriterId writer, ActorId actor, long expected, Object state) {
    shared.commit(
        new Commit(
            writer,
            1,
            List.of(
                new Change(
                    new Snapshot(actor, expected + 1, payload(state), Map.of()),
                    expected,
                    new Cause("add", null, null, Instant.EPOCH),
                    0))));
  }

  @Test
  void whatWasLoadedBeforeTheNodeIsAMemberAgainIsNotReadAfterwards() {
    try (var before = new NodeFixture(s -> s, shared).counter().start()) {
      before.ask("Counter", "held", "add", 5);
    }
    try (var mesh = node().start()) {
      // a call is let in, and held up before it reaches its actor
      var late = new CompletableFuture<Pending>();
      Thread.ofVirtual().start(() -> late.complete(mesh.send("Counter", "held", "read", "")));
      Gates.pass(gates.routing);
      // the node is fenced, ends what it has in memory, and is on its way back
      gates.holdJoins();
      WriterId other = takeOver();
      assertThat(mesh.send("Counter", "a", "add", 1).failure().code())
          .isEqualTo(FailureCode.LOST_OWNERSHIP);
      Gates.pass(gates.joining);
      // the call arrives and its actor is loaded, then somebody else changes that actor
      gates.routes.countDown();
      assertThat(late.join().value()).isEqualTo("5");
      write(other, id("Counter", "held"), 1, 7);

      gates.letJoin();
      await(() -> mesh.node.status() == NodeStatus.ACCEPTING);
      assertThat(mesh.ask("Counter", "held", "read", "")).isEqualTo("7");
      assertThat(mesh.ask("Counter", "held", "add", 1)).isEqualTo("8");
    }
  }

  @Test
  void aNodeThatIsFencedReadsWhatOthersWroteMeanwhile() {
    try (var mesh = node().start()) {
      mesh.ask("Counter", "a", "add", 5);
      mesh.ask("Counter", "b", "add", 1);
      write(takeOver(), id("Counter", "a"), 1, 7);
      mesh.send("Counter", "b", "add", 1).failure();
      await(() -> mesh.node.status() == NodeStatus.ACCEPTING);
      assertThat(mesh.ask("Counter", "a", "read", "")).isEqualTo("7");
    }
  }

  private void assertAnotherNodeCanStart() {
    try (var next = new NodeFixture(s -> s, shared).counter().start()) {
      next.ask("Counter", "a", "add", 1);
    }
  }

  private static CompletableFuture<Boolean> drain(NodeFixture mesh) {
    var drained = new CompletableFuture<Boolean>();
    Thread.ofVirtual().start(() -> drained.complete(mesh.node.drain(Duration.ofSeconds(10))));
    await(
        () ->
            mesh.node.status() == NodeStatus.DRAINING || mesh.node.status() == NodeStatus.STOPPED);
    return drained;
  }

  @Test
  void aNodeThatIsDrainedWhileItJoinsStopsAndLetsOthersStart() {
    gates.holdJoins();
    NodeFixture mesh = node();
    var started = new CompletableFuture<Throwable>();
    Thread.ofVirtual()
        .start(
            () -> {
              try {
                mesh.start();
                started.complete(null);
              } catch (RuntimeException e) {
                started.complete(e);
              }
            });
    Gates.pass(gates.joining);
    CompletableFuture<Boolean> drained = drain(mesh);
    gates.letJoin();

    assertThat(drained.join()).isTrue();
    assertThatIllegalStateException()
        .isThrownBy(
            () -> {
              throw started.join();
            })
        .withMessageContaining("stopped while it started");
    assertThat(mesh.node.status()).isEqualTo(NodeStatus.STOPPED);
    assertAnotherNodeCanStart();
  }

  /** The drain is over, and has left, before the node takes the lock. */
  @Test
  void aNodeThatIsStoppedBeforeItJoinsLetsOthersStart() {
    var starting = new AtomicReference<SpawnNode>();
    NodeFixture mesh =
        new NodeFixture(
            s -> s,
            shared,
            node ->
                node.listener(
                    new NodeListener() {
                      @Override
                      public void statusChanged(NodeStatus status) {
                        if (status == NodeStatus.JOINING) {
                          starting.get().drain(Duration.ofSeconds(10));
                        }
                      }
                    }));
    starting.set(mesh.node);
    assertThatIllegalStateException().isThrownBy(mesh::start);
    assertThat(mesh.node.status()).isEqualTo(NodeStatus.STOPPED);
    assertAnotherNodeCanStart();
  }

  @Test
  void aNodeThatIsDrainedWhileItJoinsAgainStopsAndLetsOthersStart() {
    NodeFixture mesh = node().start();
    mesh.ask("Counter", "a", "add", 5);
    gates.holdJoins();
    takeOver();
    mesh.send("Counter", "a", "add", 1).failure();
    Gates.pass(gates.joining);
    CompletableFuture<Boolean> drained = drain(mesh);
    gates.letJoin();

    assertThat(drained.join()).isTrue();
    await(() -> mesh.node.status() == NodeStatus.STOPPED);
    mesh.timers.advance(Duration.ofMinutes(1));
    await(() -> !isLocked());
    assertAnotherNodeCanStart();
    assertThat(mesh.node.status()).isEqualTo(NodeStatus.STOPPED);
  }

  private boolean isLocked() {
    try {
      shared.lockStandalone(Duration.ZERO).close();
      return false;
    } catch (org.spawnmesh.store.StoreLockedException e) {
      return true;
    }
  }

  @Test
  void aNodeThatIsDrainedWhileItCannotJoinAgainStops() {
    NodeFixture mesh = node().start();
    mesh.ask("Counter", "a", "add", 5);
    gates.refuseJoins();
    takeOver();
    mesh.send("Counter", "a", "add", 1).failure();
    await(() -> gates.refused.get() == 1);

    assertThat(drain(mesh).join()).isTrue();
    mesh.timers.advance(Duration.ofMinutes(1));
    assertThat(mesh.node.status()).isEqualTo(NodeStatus.STOPPED);
    assertThat(gates.refused).hasValue(1);
    assertAnotherNodeCanStart();
  }
}
