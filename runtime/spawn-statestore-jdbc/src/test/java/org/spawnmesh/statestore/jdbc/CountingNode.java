package org.spawnmesh.statestore.jdbc;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.cluster.Standalone;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.NodeSettings;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.test.VirtualTimers;

/** A node with actors that count, on a real store and in virtual time. */
final class CountingNode implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 30;

  /** More than a pool has connections. */
  private static final int ATTEMPTS = 20;

  final VirtualTimers timers = new VirtualTimers();
  final SpawnNode node;
  private final JdbcStateStore store;
  private final ActorType type;

  /** Closes the store when it is closed itself. */
  CountingNode(JdbcStateStore store, String system) {
    this.store = store;
    this.type = new ActorType(system, "Counter");
    node =
        SpawnNode.builder(store)
            .cluster(new Standalone("node", Duration.ofSeconds(10)))
            .settings(NodeSettings.DEFAULTS.withTimeout(Duration.ofDays(1)))
            .timers(timers)
            .clock(timers)
            .heapInUse(() -> 0)
            .build();
    node.register(definition(type), CountingNode::count);
  }

  static ActorDefinition definition(ActorType type) {
    return ActorDefinition.of(
        type, Kind.UNNAMED, parts -> parts.stateful(true).actions("add", "read"));
  }

  /** Adds one, or reads. */
  static HostReply count(HostCall call) {
    long before = number(call.state());
    return call.action().equals("read")
        ? HostReply.of(payload(before))
        : HostReply.of(payload(before + 1), payload(before + 1));
  }

  static long number(@Nullable Payload payload) {
    return payload == null
        ? 0
        : Long.parseLong(new String(payload.bytes(), StandardCharsets.UTF_8));
  }

  private static Payload payload(long value) {
    return Payload.of("text", String.valueOf(value).getBytes(StandardCharsets.UTF_8));
  }

  CountingNode start() {
    node.start();
    return this;
  }

  ActorId actor(String name) {
    return new ActorId(type, name);
  }

  CompletableFuture<Answer> send(String name, String action) {
    return node.invoke(Invocation.ask(actor(name), action, Payload.NONE)).toCompletableFuture();
  }

  long add(String name) {
    return number(answer(send(name, "add")).orThrow());
  }

  /**
   * Adds as a caller does that is told "not executed, retry": a pool gives out each of its broken
   * connections once before it knows.
   */
  long addAgainAndAgain(String name) {
    for (int i = 0; i < ATTEMPTS; i++) {
      switch (answer(send(name, "add"))) {
        case Answer.Ok ok -> {
          return number(ok.payload());
        }
        case Answer.Failed failed -> {
          if (failed.failure().execution() != Execution.NOT_EXECUTED) {
            throw new AssertionError(failed.failure());
          }
        }
      }
    }
    throw new AssertionError("does not work again");
  }

  Failure failure(String name) {
    return failure(send(name, "add"));
  }

  static Failure failure(CompletableFuture<Answer> call) {
    if (answer(call) instanceof Answer.Failed failed) {
      return failed.failure();
    }
    throw new AssertionError("answered " + call);
  }

  static Answer answer(CompletableFuture<Answer> call) {
    try {
      return call.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("no answer", e);
    }
  }

  /** Waits for something that another thread is about to do; the node's time stands still. */
  static void await(BooleanSupplier condition) {
    await(condition, () -> {});
  }

  /** Waits likewise, and lets what failed be tried again. */
  void retryUntil(BooleanSupplier condition) {
    await(condition, () -> timers.advance(Duration.ofMillis(20)));
  }

  private static void await(BooleanSupplier condition, Runnable step) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain");
      }
      step.run();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }
  }

  @Override
  public void close() {
    node.close();
    store.close();
  }
}
