package org.spawnmesh.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.Mesh;
import org.spawnmesh.cluster.MeshSettings;
import org.spawnmesh.cluster.MeshStatus;
import org.spawnmesh.cluster.Placement;
import org.spawnmesh.cluster.Standalone;
import org.spawnmesh.host.ActorHost;
import org.spawnmesh.runtime.NodeSettings;
import org.spawnmesh.runtime.NodeStatus;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.Snapshot;

/**
 * A mesh in one JVM: the engine itself, state, network and coordination service in memory. For
 * tests of hosts and of whatever is built on the engine; an application's actors are easier to test
 * with {@code @ActorTest}.
 *
 * <p>The time of a mesh of one node stands still until it is {@link #advance advanced}; that of a
 * mesh of several also passes by itself. Nodes have numbers from 0. A single node saves an actor
 * when it sleeps; several commit every change, so one of them can be {@link #kill killed}.
 *
 * <p>Not thread-safe, apart from {@link #invoke}.
 */
public final class TestMesh implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long POLL_NANOS = 100_000;

  /** Time that several nodes can bear to pass at once. */
  private static final Duration STEP = Duration.ofSeconds(1);

  private final VirtualTimers timers = new VirtualTimers();
  private final InMemoryStateStore store = new InMemoryStateStore();
  private final AtomicLong loads = new AtomicLong();
  private final SimulatedNetwork network = SimulatedNetwork.reliable(timers);
  private final SimulatedMembership service = SimulatedMembership.reliable(timers);
  private final List<Place> places = new ArrayList<>();
  private volatile boolean closed;

  private TestMesh(int nodes) {
    for (int i = 0; i < nodes; i++) {
      places.add(new Place(i, nodes == 1));
    }
  }

  /** Starts a mesh of this many nodes. */
  public static TestMesh of(int nodes) {
    if (nodes < 1) {
      throw new IllegalArgumentException("A mesh has a node at least, not " + nodes);
    }
    TestMesh mesh = new TestMesh(nodes);
    if (nodes > 1) {
      Thread.ofPlatform().daemon().name("spawn-test-time").start(mesh::passTime);
    }
    List<CompletionStage<?>> starting = new ArrayList<>();
    mesh.places.forEach(place -> starting.add(place.node.starting()));
    starting.forEach(start -> start.toCompletableFuture().join());
    mesh.awaitViews();
    return mesh;
  }

  private void passTime() {
    long last = System.nanoTime();
    while (!closed) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
      long now = System.nanoTime();
      timers.advance(Duration.ofNanos(now - last));
      last = now;
    }
  }

  /** Where one node after the other runs. */
  private final class Place {

    private final int number;
    private final boolean alone;
    private final Map<ActorDefinition, ActorHost> hosted = new LinkedHashMap<>();
    private final String address;
    private SimulatedProcess process;
    private SimulatedNetwork.Station station;
    private SimulatedMembership.Client client;
    private Cluster cluster;
    private SpawnNode node;

    Place(int number, boolean alone) {
      this.number = number;
      this.alone = alone;
      process = newProcess();
      station = network.station(process);
      address = station.address();
      client = service.client(process, process);
      cluster = newCluster();
      node = newNode();
    }

    private SimulatedProcess newProcess() {
      return new SimulatedProcess(task -> Thread.ofVirtual().start(task), timers);
    }

    private Cluster newCluster() {
      MeshSettings settings =
          MeshSettings.of("node" + number).withPartitions(64).withBatching(Duration.ofMillis(20));
      return alone
          ? new Standalone("node", PATIENCE)
          : new Mesh(settings, client, station, process, process);
    }

    private SpawnNode newNode() {
      SpawnNode fresh =
          SpawnNode.builder(alone ? store : new Committing())
              .cluster(cluster)
              .settings(NodeSettings.DEFAULTS.withWriters(1))
              .timers(process)
              .clock(timers)
              .turns(process)
              .writers(process)
              .build();
      hosted.forEach(fresh::register);
      return fresh;
    }

    void renew() {
      process = newProcess();
      station = network.stationAt(address, process);
      client = service.client(process, process);
      cluster = newCluster();
      node = newNode();
      node.start();
    }

    void host(ActorDefinition definition, ActorHost host) {
      hosted.put(definition, host);
      node.register(definition, host);
    }

    boolean isRunning() {
      return process.isRunning() && node.status() != NodeStatus.STOPPED;
    }

    boolean isInTime() {
      return !isRunning() || cluster.mayAnswer();
    }

    boolean owns(ActorId actor) {
      return isRunning()
          && cluster.placement(Invocation.tell(actor, "", Payload.NONE)) instanceof Placement.Here;
    }

    void kill() {
      process.kill();
      station.kill();
      client.kill();
    }
  }

  /** The store as one that outlives the processes, so that every change is committed at once. */
  private final class Committing extends ForwardingStore {

    Committing() {
      super(store);
    }

    @Override
    public Optional<Snapshot> load(ActorId actor) {
      loads.incrementAndGet();
      return super.load(actor);
    }

    @Override
    public boolean isVolatile() {
      return false;
    }
  }

  // ---- hosts and calls ----

  /** Hosts an actor type on every node, also after {@link #restart}. */
  public TestMesh host(ActorDefinition definition, ActorHost host) {
    places.forEach(place -> place.host(definition, host));
    awaitViews();
    return this;
  }

  /** Hosts an actor type on one node, also after {@link #restart}. */
  public TestMesh hostOn(int number, ActorDefinition definition, ActorHost host) {
    place(number).host(definition, host);
    awaitViews();
    return this;
  }

  /** Asks an actor, and waits in real time for its answer. */
  public Answer ask(ActorId actor, String action, Payload payload) {
    return invoke(Invocation.ask(actor, action, payload));
  }

  /** Sends an invocation in through the door, and waits in real time for its answer. */
  public Answer invoke(Invocation invocation) {
    return node().invoke(invocation).toCompletableFuture().join();
  }

  // ---- time ----

  /**
   * Moves time forward, and runs on the way what becomes due. What that sets off runs on other
   * threads, which may plan more; {@link #await} waits for it, and its condition may advance
   * further.
   */
  public void advance(Duration by) {
    Duration left = by;
    while (places.size() > 1 && left.compareTo(STEP) > 0) {
      timers.advance(STEP);
      left = left.minus(STEP);
      // or they would take themselves for lost
      await(() -> places.stream().allMatch(place -> place.isInTime()));
    }
    timers.advance(left);
  }

  /**
   * Waits in real time until something is so.
   *
   * @throws AssertionError if it is not within half a minute
   */
  public void await(BooleanSupplier condition) {
    long giveUp = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - giveUp > 0) {
        throw new AssertionError("What the test waits for did not happen within " + PATIENCE);
      }
      LockSupport.parkNanos(POLL_NANOS); // whoever waited busily would hold up what it waits for
    }
  }

  /**
   * Until all nodes that run are in one view, which has what each of them hosts, and no actor is on
   * its way from one to another.
   */
  private void awaitViews() {
    List<Place> running = places.stream().filter(Place::isRunning).toList();
    if (places.size() > 1) {
      await(() -> isSettled(running));
    }
  }

  private static boolean isSettled(List<Place> running) {
    List<MeshStatus> all = running.stream().map(place -> place.cluster.status()).toList();
    return all.stream().map(MeshStatus::view).distinct().count() <= 1
        && all.stream()
            .flatMap(status -> status.shards().values().stream())
            .allMatch(shards -> shards.opening() == 0)
        && all.stream().allMatch(status -> shows(status.members(), running));
  }

  private static boolean shows(List<Member> members, List<Place> running) {
    return members.size() == running.size()
        && running.stream()
            .allMatch(
                place ->
                    members.stream()
                        .anyMatch(
                            member ->
                                member.name().equals("node" + place.number)
                                    && member.hosted().size() == place.hosted.size()));
  }

  // ---- what happens to nodes ----

  /** The number of the node that owns this actor, when one does. */
  public int ownerOf(ActorId actor) {
    var owner = new AtomicInteger();
    await(
        () -> {
          List<Place> owners = places.stream().filter(place -> place.owns(actor)).toList();
          owners.forEach(place -> owner.set(place.number));
          return owners.size() == 1;
        });
    return owner.get();
  }

  /**
   * The node's process dies: what it had not committed is lost, whoever called through it gets no
   * answer. The others notice at once.
   */
  public void kill(int number) {
    place(number).kill();
  }

  /** The node gives its actors to the others, finishes, and leaves. Waits for it in real time. */
  public void stop(int number) {
    place(number).node.drain(PATIENCE);
  }

  /** Starts the node anew, after it was stopped in good order if it ran. */
  public void restart(int number) {
    Place place = place(number);
    if (place.isRunning()) {
      stop(number);
    }
    place.renew();
    awaitViews();
  }

  /** Stops the nodes in good order and starts new ones on what they stored. */
  public void restart() {
    places.stream().filter(Place::isRunning).forEach(place -> stop(place.number));
    places.forEach(Place::renew);
    awaitViews();
  }

  private Place place(int number) {
    return places.get(number);
  }

  // ---- what it is made of ----

  /** The first node that runs. */
  public SpawnNode node() {
    return places.stream().filter(Place::isRunning).findFirst().orElseThrow().node;
  }

  public SpawnNode node(int number) {
    return place(number).node;
  }

  public InMemoryStateStore store() {
    return store;
  }

  /** How often a mesh of several nodes has read an actor's state from the store. */
  public long loads() {
    return loads.get();
  }

  public VirtualTimers timers() {
    return timers;
  }

  @Override
  public void close() {
    places.stream().filter(Place::isRunning).forEach(place -> place.node.close());
    closed = true;
  }
}
