package org.spawnmesh.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.TimerDefinition;
import org.spawnmesh.cluster.Mesh;
import org.spawnmesh.cluster.MeshSettings;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.NodeListener;
import org.spawnmesh.runtime.NodeSettings;
import org.spawnmesh.runtime.PassivationReason;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.test.FaultyStateStore;
import org.spawnmesh.test.SimulatedMembership;
import org.spawnmesh.time.SystemTimers;

/**
 * Actors under load that move between nodes, over real connections: how long each is away. Prints
 * it, and holds it to {@code -Dspawn.moving.p99} milliseconds, which a busy machine cannot keep, so
 * the default is generous. {@code docs/explanation/performance.md} quotes it.
 */
class MovingActorsTest {

  private static final int ACTORS = Integer.getInteger("spawn.moving.actors", 1_000);
  private static final int MOVES = Integer.getInteger("spawn.moving.moves", 3);
  private static final int COLD = Integer.getInteger("spawn.moving.cold", 1);
  private static final int CALLS_A_SECOND = Integer.getInteger("spawn.moving.rate", 500);
  private static final int LIMIT = Integer.getInteger("spawn.moving.p99", 10_000);

  private static final ActorType TYPE = new ActorType("moving", "Counter");

  /** Nobody is taken for dead because the machine is busy. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final SystemTimers timers =
      new SystemTimers(Thread.ofPlatform().daemon().name("timers").factory());
  private final SimulatedMembership service = SimulatedMembership.reliable(timers);
  private final FaultyStateStore store = new FaultyStateStore(new InMemoryStateStore());
  private final List<ActorId> actors =
      IntStream.range(0, ACTORS).mapToObj(i -> new ActorId(TYPE, "c" + i)).toList();

  private final Map<ActorId, Long> leftAt = new ConcurrentHashMap<>();
  private final Queue<Long> pauses = new ConcurrentLinkedQueue<>();
  private final Queue<Long> waits = new ConcurrentLinkedQueue<>();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicInteger acknowledged = new AtomicInteger();

  /** One for each answer. */
  private final Semaphore answers = new Semaphore(0);

  /** One is away with each call. */
  private final Semaphore underWay = new Semaphore(Integer.MAX_VALUE);

  private int nodes;
  private volatile boolean over;

  /** Notes when actors end here and begin there. */
  private final class Clock implements NodeListener {

    @Override
    public void passivated(ActorId actor, PassivationReason reason) {
      if (reason == PassivationReason.MOVED) {
        leftAt.put(actor, System.nanoTime());
      }
    }

    @Override
    public void activated(ActorId actor) {
      Long left = leftAt.remove(actor);
      if (left != null) {
        pauses.add(System.nanoTime() - left);
      }
    }
  }

  private SpawnNode start(boolean hosts) {
    GrpcTransport transport =
        new GrpcTransport(
            new ListenAddress("127.0.0.1", 0, null),
            GrpcTransportSettings.DEFAULTS
                .withSilence(Duration.ofSeconds(1), PATIENCE)
                .withConnectTimeout(PATIENCE),
            null,
            timers,
            new Random(),
            Thread.ofPlatform().daemon().factory());
    Mesh mesh =
        new Mesh(
            MeshSettings.of("n" + nodes++).withSilence(PATIENCE).withLease(PATIENCE),
            service.client(task -> Thread.ofVirtual().start(task), timers),
            transport,
            timers,
            task -> Thread.ofVirtual().start(task));
    SpawnNode node =
        SpawnNode.builder(store)
            .cluster(mesh)
            .settings(NodeSettings.DEFAULTS.withTimeout(PATIENCE))
            .timers(timers)
            .listener(new Clock())
            .build();
    if (hosts) {
      // an actor with a timer is awake on its new node before anybody calls it
      node.register(
          ActorDefinition.of(
              TYPE,
              Kind.UNNAMED,
              parts ->
                  parts
                      .stateful(true)
                      .actions("add", "tick")
                      .timers(List.of(new TimerDefinition("tick", Duration.ofHours(1))))),
          call -> HostReply.of(Payload.NONE, next(call.state())));
    }
    node.start();
    return node;
  }

  private static Payload next(@Nullable Payload state) {
    return Payload.of("text", Integer.toString(count(state) + 1).getBytes(StandardCharsets.UTF_8));
  }

  private static int count(@Nullable Payload state) {
    return state == null ? 0 : Integer.parseInt(new String(state.bytes(), StandardCharsets.UTF_8));
  }

  @Test
  void actorsThatMoveUnderLoadAreAwayForMilliseconds() throws InterruptedException {
    SpawnNode door = start(false);
    SpawnNode host = start(true);
    assertThat(host.awaitPlaced(PATIENCE)).isTrue();
    Thread load = Thread.ofPlatform().daemon().start(() -> load(door));
    answers.acquire(ACTORS);
    for (int i = 0; i < COLD; i++) {
      host = moved(host);
    }
    pauses.clear();
    waits.clear();
    answers.drainPermits();
    answers.acquire(ACTORS);
    List<Long> before = taken(waits);
    for (int i = 0; i < MOVES; i++) {
      host = moved(host);
    }
    List<Long> during = taken(waits);
    over = true;
    load.join();
    underWay.acquire(Integer.MAX_VALUE); // all are back
    print("a call, while nothing moves", before);
    print("a call, while nodes come and go", during);
    print("from an actor's end to its beginning", taken(pauses));
    assertThat(failed).hasValue(0);
    assertThat(actors.stream().mapToInt(this::stored).sum()).isEqualTo(acknowledged.get());
    host.close();
    door.close();
    assertThat(quantile(during, 0.99)).isLessThan(Duration.ofMillis(LIMIT).toNanos());
  }

  /**
   * Another node comes and takes half of the actors, then this one leaves, and gives it the rest.
   */
  private SpawnNode moved(SpawnNode host) {
    SpawnNode next = start(true);
    assertThat(next.awaitPlaced(PATIENCE)).isTrue();
    assertThat(host.drain(PATIENCE)).isTrue();
    return next;
  }

  private int stored(ActorId actor) {
    return count(store.load(actor).orElseThrow().state());
  }

  /** Calls one actor after the other, so many a second, whatever the answers do. */
  private void load(SpawnNode door) {
    long begun = System.nanoTime();
    for (long sent = 0; !over; sent++) {
      long due = begun + sent * 1_000_000_000L / CALLS_A_SECOND;
      while (System.nanoTime() - due < 0) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      long at = System.nanoTime();
      underWay.acquireUninterruptibly();
      door.invoke(Invocation.ask(actors.get((int) (sent % ACTORS)), "add", Payload.NONE))
          .thenAccept(answer -> answered(answer, at));
    }
  }

  private void answered(Answer answer, long at) {
    if (answer instanceof Answer.Ok) {
      acknowledged.incrementAndGet();
    } else {
      failed.incrementAndGet();
    }
    waits.add(System.nanoTime() - at);
    answers.release();
    underWay.release();
  }

  private static List<Long> taken(Queue<Long> times) {
    return Stream.generate(times::poll).takeWhile(time -> time != null).sorted().toList();
  }

  private static long quantile(List<Long> sorted, double share) {
    return sorted.get((int) ((sorted.size() - 1) * share));
  }

  private static void print(String what, List<Long> sorted) {
    System.out.printf(
        "%s: %d, p50 %.1f ms, p99 %.1f ms, longest %.1f ms%n",
        what,
        sorted.size(),
        quantile(sorted, 0.5) / 1e6,
        quantile(sorted, 0.99) / 1e6,
        quantile(sorted, 1) / 1e6);
  }
}
