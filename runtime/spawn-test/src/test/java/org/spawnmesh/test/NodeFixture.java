package org.spawnmesh.test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.CallChain;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.cluster.Standalone;
import org.spawnmesh.host.ActorHost;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.NodeListener;
import org.spawnmesh.runtime.NodeSettings;
import org.spawnmesh.runtime.PassivationReason;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.InMemoryStateStore;

/** A node on a store that counts as durable, with virtual time and real virtual threads. */
final class NodeFixture implements AutoCloseable {

  static final String SYSTEM = "shop";
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long POLL_NANOS = 100_000;

  final VirtualTimers timers = new VirtualTimers();
  final InMemoryStateStore stored;
  final FaultyStateStore store;
  final SpawnNode node;
  final List<String> events = new CopyOnWriteArrayList<>();
  final List<Failure> unheard = new CopyOnWriteArrayList<>();
  volatile double heapInUse;

  NodeFixture() {
    this(UnaryOperator.identity(), new InMemoryStateStore());
  }

  NodeFixture(UnaryOperator<NodeSettings> settings) {
    this(settings, new InMemoryStateStore());
  }

  NodeFixture(UnaryOperator<NodeSettings> settings, InMemoryStateStore shared) {
    this(settings, shared, UnaryOperator.identity());
  }

  /**
   * @param parts what the test makes of the node beyond its settings
   */
  NodeFixture(
      UnaryOperator<NodeSettings> settings,
      InMemoryStateStore shared,
      UnaryOperator<SpawnNode.Builder> parts) {
    stored = shared;
    store = new FaultyStateStore(shared);
    node =
        parts
            .apply(
                SpawnNode.builder(store)
                    .cluster(new Standalone("test", Duration.ZERO))
                    .settings(settings.apply(NodeSettings.DEFAULTS))
                    .timers(timers)
                    .clock(timers)
                    .heapInUse(() -> heapInUse)
                    .listener(new Events()))
            .build();
  }

  private final class Events implements NodeListener {

    @Override
    public void activated(ActorId actor) {
      events.add("activated " + actor.shortName());
    }

    @Override
    public void passivated(ActorId actor, PassivationReason reason) {
      events.add("passivated " + actor.shortName() + " " + reason);
    }

    @Override
    public void unheardFailure(Invocation invocation, Failure failure) {
      unheard.add(failure);
    }
  }

  NodeFixture start() {
    node.start();
    return this;
  }

  NodeFixture host(
      String type, Kind kind, Consumer<ActorDefinition.Builder> parts, ActorHost host) {
    node.register(ActorDefinition.of(new ActorType(SYSTEM, type), kind, parts), host);
    return this;
  }

  /** A stateful actor "Counter" with add, fail, and what the test adds. */
  NodeFixture counter(Consumer<ActorDefinition.Builder> more) {
    return host(
        "Counter",
        Kind.UNNAMED,
        b -> {
          b.stateful(true).actions("add", "fail", "read");
          more.accept(b);
        },
        NodeFixture::count);
  }

  NodeFixture counter() {
    return counter(b -> {});
  }

  static HostReply count(HostCall call) {
    long value = number(call.state());
    return switch (call.action()) {
      case "add" -> {
        Payload next = payload(value + number(call.payload()));
        yield HostReply.of(next, next);
      }
      case "read" -> HostReply.of(payload(value));
      default -> throw new IllegalStateException("out of tea");
    };
  }

  static long number(@Nullable Payload payload) {
    return payload == null || payload.isNone()
        ? 0
        : Long.parseLong(new String(payload.bytes(), StandardCharsets.UTF_8));
  }

  static String text(Payload payload) {
    return new String(payload.bytes(), StandardCharsets.UTF_8);
  }

  static Payload payload(Object value) {
    return Payload.of("text", value.toString().getBytes(StandardCharsets.UTF_8));
  }

  static ActorId id(String type, String name) {
    return ActorId.of(SYSTEM, type, name);
  }

  /** Sends, does not wait. */
  Pending send(String type, String name, String action, Object payload) {
    return send(Invocation.ask(id(type, name), action, payload(payload)));
  }

  Pending send(Invocation invocation) {
    return new Pending(node.invoke(invocation).toCompletableFuture());
  }

  /** Sends and waits for the answer's text. */
  String ask(String type, String name, String action, Object payload) {
    return send(type, name, action, payload).value();
  }

  /** A call made from inside another action, as a host makes it. */
  Answer askInside(HostCall outer, String type, String name, String action) {
    return send(new Invocation(
            id(type, name),
            action,
            Payload.NONE,
            Invocation.Mode.ASK,
            outer.deadline(),
            outer.actor(),
            outer.chain(),
            Map.of(),
            0))
        .answer();
  }

  static CallChain chainOf(HostCall call) {
    return call.chain();
  }

  record Pending(java.util.concurrent.CompletableFuture<Answer> future) {

    boolean isAnswered() {
      return future.isDone();
    }

    Answer answer() {
      try {
        return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new AssertionError("no answer", e);
      }
    }

    String value() {
      return text(answer().orThrow());
    }

    Failure failure() {
      if (answer() instanceof Answer.Failed failed) {
        return failed.failure();
      }
      throw new AssertionError("answered " + answer());
    }
  }

  /** Waits for something that another thread is about to do. */
  static void await(java.util.function.BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain");
      }
      LockSupport.parkNanos(POLL_NANOS); // whoever waited busily would hold up what it waits for
    }
  }

  @Override
  public void close() {
    store.comeBack();
    node.close();
  }
}
