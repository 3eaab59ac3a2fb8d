package org.spawnmesh.test;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.host.ActorHost;
import org.spawnmesh.runtime.NodeSettings;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.InMemoryStateStore;

/**
 * A mesh in one JVM: the engine itself, state in memory, time that stands still until it is {@link
 * #advance advanced}. For tests of hosts and of whatever is built on the engine; an application's
 * actors are easier to test with {@code @ActorTest}.
 *
 * <p>Not thread-safe, apart from {@link #invoke}.
 */
public final class TestMesh implements AutoCloseable {

  private final VirtualTimers timers = new VirtualTimers();
  private final InMemoryStateStore store = new InMemoryStateStore();
  private SpawnNode node;
  private final Map<ActorDefinition, ActorHost> hosted = new LinkedHashMap<>();

  private TestMesh() {
    node = newNode();
  }

  /**
   * Starts a mesh.
   *
   * @param nodes how many; so far 1
   */
  public static TestMesh of(int nodes) {
    if (nodes != 1) {
      throw new IllegalArgumentException("A mesh of " + nodes + " nodes cannot be tested yet");
    }
    TestMesh mesh = new TestMesh();
    mesh.node.start();
    return mesh;
  }

  private SpawnNode newNode() {
    return SpawnNode.builder(store)
        .settings(NodeSettings.DEFAULTS.withWriters(1))
        .timers(timers)
        .clock(timers)
        .build();
  }

  /** Hosts an actor type on every node, also after {@link #restart}. */
  public TestMesh host(ActorDefinition definition, ActorHost host) {
    hosted.put(definition, host);
    node.register(definition, host);
    return this;
  }

  /** Asks an actor, and waits in real time for its answer. */
  public Answer ask(ActorId actor, String action, Payload payload) {
    return invoke(Invocation.ask(actor, action, payload));
  }

  /** Sends an invocation in through the door, and waits in real time for its answer. */
  public Answer invoke(Invocation invocation) {
    return node.invoke(invocation).toCompletableFuture().join();
  }

  /**
   * Moves time forward, and runs on the way what becomes due. What that sets off runs on other
   * threads, which may plan more; {@link #await} waits for it, and its condition may advance
   * further.
   */
  public void advance(Duration by) {
    timers.advance(by);
  }

  /**
   * Waits in real time until something is so.
   *
   * @throws AssertionError if it is not within ten seconds
   */
  public void await(BooleanSupplier condition) {
    long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - giveUp > 0) {
        throw new AssertionError("What the test waits for did not happen within ten seconds");
      }
      Thread.yield();
    }
  }

  /** Stops the nodes in good order and starts new ones on what they stored. */
  public void restart() {
    node.close();
    node = newNode();
    hosted.forEach(node::register);
    node.start();
  }

  public SpawnNode node() {
    return node;
  }

  public InMemoryStateStore store() {
    return store;
  }

  public VirtualTimers timers() {
    return timers;
  }

  @Override
  public void close() {
    node.close();
  }
}
