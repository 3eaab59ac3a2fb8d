package org.spawnmesh.benchmarks.harness;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.spawnmesh.benchmarks.harness.ClosedLoop.Phase;
import org.spawnmesh.benchmarks.harness.Measurement.Subject;

/**
 * The workloads, the same for every peer, each on fresh actors in a JVM of its own. Every
 * measurement goes out as one JSON line.
 *
 * <p>Not thread-safe: a JVM runs one workload.
 */
public final class Workloads {
  /** Enough actors that callers seldom meet at one, few enough that all stay in the caches. */
  private static final int HOT_ACTORS = 1_000;

  private static final int[] REMOTE_CALLERS = {64, 256, 1_024};

  /** How long nothing may come of what is on its way. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String DURABLE = "W4-durable";
  private static final String READ = "W4-read";
  private static final String READ_AT_SERVER = "W4-read-at-server";
  private static final String REMOTE = "W6-remote";

  private final String peer;
  private final Counter counter;
  private final String notes;
  private final Schedule schedule;
  private final Set<Long> servers;
  private final PrintStream out;

  /**
   * As {@code run} sets it up with system properties.
   *
   * @param notes what a reader must know about this peer's set-up, in a few words
   */
  public Workloads(String peer, Counter counter, String notes) {
    this(
        peer,
        counter,
        notes,
        Schedule.fromProperties(),
        CpuMeter.serversFromProperties(),
        System.out);
  }

  Workloads(
      String peer,
      Counter counter,
      String notes,
      Schedule schedule,
      Set<Long> servers,
      PrintStream out) {
    this.peer = peer;
    this.counter = counter;
    this.notes = notes;
    this.schedule = schedule;
    this.servers = servers;
    this.out = out;
  }

  /** W1: asks to hot actors with state in memory; 64 and 1,024 callers, blocking and not. */
  public void w1() throws InterruptedException {
    w1(HOT_ACTORS, 64, 1_024);
  }

  void w1(int actors, int... callers) throws InterruptedException {
    for (Driver driver : Driver.values()) {
      for (int n : callers) {
        adds("W1-ask", driver, actors, n);
      }
    }
  }

  /**
   * W2: each add durable before its reply. With the usual number of actors also gets, which cost a
   * peer little that keeps state in memory and much that does not.
   *
   * @param store where it is durable: {@code postgres} or {@code sqlite}
   */
  public void w2(String store, int actors, int callers) throws InterruptedException {
    String workload = "W2-" + store;
    adds(workload, Driver.VT, actors, callers);
    if (actors == HOT_ACTORS) {
      gets(workload, Driver.VT, actors, callers);
    }
  }

  /**
   * W3: the first request to each of 100,000 new actors; once in a cold JVM, then with ids never
   * used before, of which the median is taken.
   */
  public void w3time() throws InterruptedException {
    w3time(100_000, 3);
  }

  void w3time(int actors, int warmReps) throws InterruptedException {
    emit(activate("activate-cold", 0, actors));
    List<Measurement> warm = new ArrayList<>();
    for (int rep = 1; rep <= warmReps; rep++) {
      warm.add(activate("activate-warm", rep * actors, actors));
    }
    emit(Measurement.median(warm));
  }

  /** W3: what 1,000,000 actors cost in heap that were asked once and are idle since. */
  public void w3memory() throws InterruptedException, ExecutionException, TimeoutException {
    w3memory(1_000_000);
  }

  void w3memory(int actors) throws InterruptedException, ExecutionException, TimeoutException {
    int others = 1_000; // so that classes and compiled code are not charged to the actors
    Sweep.over(counter, actors, others);
    long before = heapInUse();
    Measurement activated = activate("activate-idle", 0, actors);
    long bytesPerActor = (heapInUse() - before) / actors;
    counter.getBlocking(0); // keeps the peer reachable until here
    emit(activated.withHeapBytesPerActor(bytesPerActor));
  }

  /**
   * W4: calls through a server to code in another process and back, 64 at once; then 1,000 a
   * second, where nothing queues.
   */
  public void w4() throws InterruptedException {
    adds(DURABLE, Driver.ASYNC, HOT_ACTORS, 64);
    gets(READ, Driver.ASYNC, HOT_ACTORS, 64);
    atRate(DURABLE, Op.ADD, Op.ADD.label());
  }

  /** W4: reads that the server answers without asking anybody. */
  public void w4AtServer() throws InterruptedException {
    gets(READ_AT_SERVER, Driver.ASYNC, HOT_ACTORS, 64);
  }

  /** The limit of {@link #w4}: as many bytes over as many hops, and nothing done with them. */
  public void w4Echo() throws InterruptedException {
    var loop = new ClosedLoop(counter, Op.GET, Driver.ASYNC, HOT_ACTORS, 64, servers);
    List<Phase> phases = warmUpAndMeasure(loop);
    emit(measurement(DURABLE, Op.ADD.label(), loop, phases));
    emit(measurement(READ, Op.GET.label(), loop, phases));
    atRate(DURABLE, Op.GET, Op.ADD.label());
  }

  /**
   * W6: asks of one node to actors that all are on another, in memory; 64, 256 and 1,024 at once,
   * then 1,000 a second, where nothing queues.
   */
  public void w6() throws InterruptedException {
    for (int callers : REMOTE_CALLERS) {
      adds(REMOTE, Driver.ASYNC, HOT_ACTORS, callers);
    }
    atRate(REMOTE, Op.ADD, Op.ADD.label());
  }

  /** The limit of {@link #w6}: what a transport can do between two nodes without actors. */
  public void w6Echo() throws InterruptedException {
    for (int callers : REMOTE_CALLERS) {
      var loop = new ClosedLoop(counter, Op.GET, Driver.ASYNC, HOT_ACTORS, callers, servers);
      emit(measurement(REMOTE, Op.ADD.label(), loop, warmUpAndMeasure(loop)));
    }
    atRate(REMOTE, Op.GET, Op.ADD.label());
  }

  /**
   * W7: adds to actors that each pass the number on to another one. An add is answered when it is
   * durable; it counts when what was passed on is durable, too, so the time to the last one is part
   * of the measurement.
   *
   * @param receivers to whom the actors pass it on, each to the one with its own number; the
   *     counter itself if they pass nothing on
   */
  public void w7(Counter receivers, int actors, int callers) throws InterruptedException {
    w7(receivers, actors, callers, PATIENCE);
  }

  void w7(Counter receivers, int actors, int callers, Duration patience)
      throws InterruptedException {
    long before = sum(counter, actors);
    long receivedBefore = sum(receivers, actors);
    var loop = new ClosedLoop(counter, Op.ADD, Driver.VT, actors, callers, servers);
    long acknowledged = 0;
    List<Phase> phases = new ArrayList<>();
    for (int rep = 0; rep <= schedule.reps(); rep++) {
      long start = System.nanoTime();
      Phase phase = loop.run(rep == 0 ? schedule.warmUp() : schedule.measure());
      acknowledged += phase.acknowledged();
      long missing = awaitSum(receivers, actors, receivedBefore + acknowledged, patience);
      if (phase.failed() > 0 || missing != 0 || sum(counter, actors) != before + acknowledged) {
        throw new SumMismatchException(
            "%s W7, %d actors, %d callers".formatted(peer, actors, callers),
            -missing,
            phase.failed());
      }
      phases.add(phase.over((System.nanoTime() - start) / 1e9));
    }
    emit(measurement("W7-chain", Op.ADD.label(), loop, phases));
  }

  /** Returns how much is missing when nothing has come for a while; usually 0. */
  private long awaitSum(Counter receivers, int actors, long wanted, Duration patience)
      throws InterruptedException {
    long last = -1;
    long changedAt = System.nanoTime();
    while (true) {
      long sum = sum(receivers, actors);
      if (sum != last) {
        last = sum;
        changedAt = System.nanoTime();
      }
      if (sum >= wanted || System.nanoTime() - changedAt > patience.toNanos()) {
        return wanted - sum;
      }
      Thread.sleep(
          5); // nobody tells when a message was applied, and asking all costs what is measured
    }
  }

  private void atRate(String workload, Op op, String label) throws InterruptedException {
    var rate = new FixedRate(counter, op, HOT_ACTORS, 1_000);
    rate.run(schedule.warmUp());
    var cpu = new CpuMeter(servers);
    FixedRate.Phase phase = rate.run(schedule.measure());
    emit(
        Measurement.of(
            new Subject(peer, workload, label, "1000/s", HOT_ACTORS, 1),
            phase.opsPerSecond(),
            phase.latencies(),
            phase.failed(),
            0,
            cpu.read(),
            notes));
  }

  /** Measures adds, and refuses to tell the result if acknowledged ones are missing. */
  private void adds(String workload, Driver driver, int actors, int callers)
      throws InterruptedException {
    long before = sum(actors); // activates them all, so that the loop measures adds only
    var loop = new ClosedLoop(counter, Op.ADD, driver, actors, callers, servers);
    List<Phase> phases = warmUpAndMeasure(loop);
    long acknowledged = phases.stream().mapToLong(Phase::acknowledged).sum();
    long failed = phases.stream().mapToLong(Phase::failed).sum();
    long surplus = sum(actors) - before - acknowledged;
    if (surplus < 0 || surplus > failed) {
      throw new SumMismatchException(
          "%s %s add %s, %d actors, %d callers"
              .formatted(peer, workload, driver.label(), actors, callers),
          surplus,
          failed);
    }
    emit(measurement(workload, Op.ADD.label(), loop, phases));
  }

  private void gets(String workload, Driver driver, int actors, int callers)
      throws InterruptedException {
    var loop = new ClosedLoop(counter, Op.GET, driver, actors, callers, servers);
    emit(measurement(workload, Op.GET.label(), loop, warmUpAndMeasure(loop)));
  }

  private List<Phase> warmUpAndMeasure(ClosedLoop loop) throws InterruptedException {
    List<Phase> phases = new ArrayList<>();
    phases.add(loop.run(schedule.warmUp()));
    for (int rep = 0; rep < schedule.reps(); rep++) {
      phases.add(loop.run(schedule.measure()));
    }
    return phases;
  }

  /** Of all phases but the first, which is the warm-up. */
  private Measurement measurement(String workload, String op, ClosedLoop loop, List<Phase> phases) {
    var subject =
        new Subject(peer, workload, op, loop.driver().label(), loop.actors(), loop.callers());
    return Measurement.median(
        phases.stream()
            .skip(1)
            .map(
                phase ->
                    Measurement.of(
                        subject,
                        phase.opsPerSecond(),
                        phase.latencies(),
                        phase.failed(),
                        phase.starved(),
                        phase.cpu(),
                        notes))
            .toList());
  }

  private Measurement activate(String op, int firstActor, int actors) throws InterruptedException {
    var cpu = new CpuMeter(servers);
    Sweep sweep = Sweep.over(counter, firstActor, actors);
    return Measurement.of(
        new Subject(peer, "W3-activation", op, Driver.ASYNC.label(), actors, Sweep.WINDOW),
        sweep.latencies().count() / sweep.seconds(),
        sweep.latencies(),
        sweep.failed(),
        0,
        cpu.read(),
        notes);
  }

  private long sum(int actors) throws InterruptedException {
    return sum(counter, actors);
  }

  private long sum(Counter asked, int actors) throws InterruptedException {
    Sweep sweep = Sweep.over(asked, 0, actors);
    if (sweep.failed() > 0) {
      throw new IllegalStateException(
          "%s: %d of %d actors did not answer a get, so their sum cannot be checked"
              .formatted(peer, sweep.failed(), actors));
    }
    return sweep.sum();
  }

  /** After the JVM rested, so that timers of answered requests are gone, and collected garbage. */
  private long heapInUse() throws InterruptedException {
    Thread.sleep(schedule.settle());
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 5; i++) { // references are cleared one collection after another
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  private void emit(Measurement measurement) {
    out.println(measurement.toJson());
  }
}
