package org.spawnmesh.test;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.PeerAnswer;
import org.spawnmesh.cluster.PeerMessage;
import org.spawnmesh.cluster.PeerTransport;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.time.Timers;

/**
 * A network in this process's memory, as good or as bad as a test wants it. What is on its way on
 * one connection keeps its order. When a connection breaks, what was on its way is lost, or comes
 * much later, after what newer connections have brought.
 *
 * <p>Thread-safe; nodes are called on their own threads.
 */
public final class SimulatedNetwork {

  /** How long a connection may be silent before it is taken for broken. */
  private static final Duration SILENCE = Duration.ofMillis(1_500);

  /** How many calls of one link may wait for their answers. */
  private static final int CALLS = 12_000;

  private final ReentrantLock lock = new ReentrantLock();
  private final Timers timers;
  private final Supplier<Duration> delay;

  /** How much later something comes that was on a connection which broke; null if it is lost. */
  private final Supplier<@Nullable Duration> lateness;

  // ---- guarded by the lock ----

  private final Map<String, Station> stations = new HashMap<>();
  private final Set<Set<Station>> cuts = new HashSet<>();
  private int addresses;
  private long sent;

  /**
   * @param delay of each thing sent
   * @param lateness how much later something comes that was on a connection which broke; null if it
   *     is lost
   */
  public SimulatedNetwork(
      Timers timers, Supplier<Duration> delay, Supplier<@Nullable Duration> lateness) {
    this.timers = timers;
    this.delay = delay;
    this.lateness = lateness;
  }

  /** A network that always works, without any delay. */
  public static SimulatedNetwork reliable(Timers timers) {
    return new SimulatedNetwork(timers, () -> Duration.ZERO, () -> null);
  }

  /** What one process has of it, at an address of its own. */
  public Station station(Executor threads) {
    return stationAt(address(), threads);
  }

  /** An address that nobody has. */
  public String address() {
    lock.lock();
    try {
      return "host" + ++addresses + ":1";
    } finally {
      lock.unlock();
    }
  }

  /** A new process at the address of one that is dead. */
  public Station stationAt(String address, Executor threads) {
    return stationAt(address, threads, timers);
  }

  /**
   * @param clock of the process, by which deadlines are set there
   */
  public Station stationAt(String address, Executor threads, Timers clock) {
    return new Station(address, threads, clock);
  }

  // ---- what the world does to it ----

  /** Nothing passes between these two until {@link #heal}. */
  public void cut(Station one, Station other) {
    act(
        () -> {
          cuts.add(Set.of(one, other));
          silenced();
        });
  }

  /** Everything passes again. */
  public void heal() {
    act(
        () -> {
          cuts.clear();
          wires().forEach(Wire::push);
        });
  }

  /** The connections between these two break, and can be made again. */
  public void breakConnections(Station one, Station other) {
    act(
        () ->
            wires().stream()
                .filter(wire -> isBetween(wire, one, other))
                .forEach(wire -> wire.snap(false)));
  }

  /** How many calls, messages and answers have been put on the way. */
  public long sent() {
    lock.lock();
    try {
      return sent;
    } finally {
      lock.unlock();
    }
  }

  private static boolean isBetween(Wire wire, Station one, Station other) {
    return (wire.cable.from == one && wire.to == other)
        || (wire.cable.from == other && wire.to == one);
  }

  private boolean areCut(Station one, Station other) {
    return one != other && cuts.contains(Set.of(one, other));
  }

  /** Connections through which nothing passes are taken for broken after a while. */
  private void silenced() {
    for (Wire wire : wires()) {
      if (wire.isSilent()) {
        timers.schedule(
            SILENCE,
            () ->
                act(
                    () -> {
                      if (!wire.broken && wire.isSilent()) {
                        wire.snap(false);
                      }
                    }));
      }
    }
  }

  private List<Wire> wires() {
    List<Wire> wires = new ArrayList<>();
    stations.values().forEach(station -> wires.addAll(station.outgoing));
    return wires;
  }

  private void act(Runnable step) {
    lock.lock();
    try {
      step.run();
    } finally {
      lock.unlock();
    }
  }

  /** Runs tasks in their order, one at a time, on the threads of a process. */
  private static final class Lane {

    private final Executor threads;
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private boolean running;

    Lane(Executor threads) {
      this.threads = threads;
    }

    void add(Runnable task) {
      synchronized (this) {
        tasks.add(task);
        if (running) {
          return;
        }
        running = true;
      }
      threads.execute(this::next);
    }

    private void next() {
      Runnable task;
      synchronized (this) {
        task = tasks.poll();
      }
      try {
        if (task != null) {
          task.run();
        }
      } finally {
        boolean more;
        synchronized (this) {
          more = !tasks.isEmpty();
          running = more;
        }
        if (more) {
          threads.execute(this::next);
        }
      }
    }
  }

  /** One direction of a connection. */
  private final class Flow {

    private final Wire wire;
    private final Lane lane;
    private final Deque<Runnable> underWay = new ArrayDeque<>();

    Flow(Wire wire, Lane lane) {
      this.wire = wire;
      this.lane = lane;
    }

    void send(Runnable thing) {
      sent++;
      Duration time = delay.get();
      if (time.isZero() && underWay.isEmpty() && !wire.isCut()) {
        lane.add(thing);
      } else {
        underWay.add(thing);
        timers.schedule(time, () -> act(this::arrive));
      }
    }

    private void arrive() {
      if (!wire.isCut() && !wire.broken) {
        Runnable thing = underWay.poll();
        if (thing != null) {
          lane.add(thing);
        }
      }
    }

    /** What could not pass while the connection was cut. */
    void push() {
      while (!underWay.isEmpty() && !wire.isCut()) {
        arrive();
      }
    }

    /** What is under way is lost from some point on, or comes much later. */
    void snap() {
      Duration late = lateness.get();
      List<Runnable> rest = List.copyOf(underWay);
      underWay.clear();
      if (late != null) {
        timers.schedule(late, () -> rest.forEach(lane::add));
      }
    }
  }

  /** A connection from one process to another life. */
  private final class Wire {

    private final Cable cable;
    private final Station to;
    private final Flow there;
    private final Flow back;
    private boolean broken;

    Wire(Cable cable, Station to) {
      this.cable = cable;
      this.to = to;
      this.there = new Flow(this, new Lane(to.threads));
      this.back = new Flow(this, cable.news);
      cable.from.outgoing.add(this);
      to.incoming.add(this);
    }

    boolean isCut() {
      return areCut(cable.from, to);
    }

    boolean isSilent() {
      return isCut() || to.silent || cable.from.silent;
    }

    void push() {
      there.push();
      back.push();
    }

    /**
     * It breaks.
     *
     * @param orderly what was sent before arrives
     */
    void snap(boolean orderly) {
      if (broken) {
        return;
      }
      if (orderly && !isCut()) {
        push();
      }
      broken = true;
      cable.from.outgoing.remove(this);
      to.incoming.remove(this);
      there.snap();
      back.underWay.clear();
      cable.broke(this);
    }
  }

  /** One process's place in the network. */
  public final class Station implements PeerTransport {

    private final String address;
    private final Executor threads;
    private final Timers clock;
    private @Nullable Inbox inbox;
    private @Nullable Incarnation self;
    private boolean closed;
    private boolean silent;
    private final Set<Cable> cables = new LinkedHashSet<>();
    private final Set<Wire> outgoing = new LinkedHashSet<>();
    private final Set<Wire> incoming = new LinkedHashSet<>();

    private Station(String address, Executor threads, Timers clock) {
      this.address = address;
      this.threads = threads;
      this.clock = clock;
    }

    /** {@code host:port}. */
    public String address() {
      return address;
    }

    // ---- what the world does to it ----

    /** The process stops or goes on; what reaches it meanwhile must be held by its threads. */
    public void silence(boolean value) {
      act(
          () -> {
            silent = value;
            silenced();
          });
    }

    /** The process is dead: nobody answers at its address. */
    public void kill() {
      act(
          () -> {
            closed = true;
            stations.remove(address, this);
            cables.clear();
            List.copyOf(outgoing).forEach(wire -> wire.snap(false));
            List.copyOf(incoming).forEach(wire -> wire.snap(false));
          });
    }

    // ---- what the node does ----

    @Override
    public String start(Inbox into) {
      act(
          () -> {
            inbox = into;
            stations.put(address, this);
          });
      return address;
    }

    @Override
    public void identify(Incarnation who) {
      act(
          () -> {
            List<Cable> old = List.copyOf(cables);
            cables.clear();
            old.forEach(Cable::abandon);
            self = who;
            List.copyOf(incoming).forEach(wire -> wire.snap(false));
          });
    }

    @Override
    public Link link(Member to) {
      lock.lock();
      try {
        if (self == null) {
          throw new IllegalStateException("Nobody can link before it is known who it is");
        }
        Cable cable = new Cable(this, self, to);
        cables.add(cable);
        return cable;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void close() {
      act(
          () -> {
            closed = true;
            stations.remove(address, this);
            List<Cable> old = List.copyOf(cables);
            cables.clear();
            old.forEach(Cable::abandon);
            List.copyOf(incoming).forEach(wire -> wire.snap(true));
          });
    }

    private void deliver(Incarnation from, Incarnation to, long view, PeerMessage message) {
      Inbox in = inbox;
      if (in != null && !closed && to.equals(self)) {
        in.received(from, view, message);
      }
    }

    private void deliver(Wire wire, long id, Incarnation from, long view, Invocation invocation) {
      Inbox in = inbox;
      if (in != null && !closed && wire.cable.to.incarnation().equals(self)) {
        in.invoked(from, view, invocation)
            .thenAccept(
                answer ->
                    act(
                        () -> {
                          if (!wire.broken) {
                            wire.back.send(() -> wire.cable.answered(id, answer));
                          }
                        }));
      }
    }
  }

  private enum Phase {
    IDLE,
    CONNECTING,
    CONNECTED,
    CLOSED
  }

  /** The way to one life of another process; guarded by the network's lock. */
  private final class Cable implements PeerTransport.Link {

    private record Waiting(long id, Wire wire, CompletableFuture<PeerAnswer> answer) {}

    /** Put on the wire when there is one, or told that there is none. */
    private record Unsent(
        long view,
        @Nullable Invocation invocation,
        @Nullable PeerMessage message,
        CompletableFuture<PeerAnswer> answer) {}

    private final Station from;
    private final Incarnation as;
    private final Member to;
    private final Lane news;
    private final Map<Long, Waiting> waiting = new LinkedHashMap<>();
    private final Deque<Unsent> unsent = new ArrayDeque<>();
    private Phase phase = Phase.IDLE;
    private @Nullable Wire wire;
    private long ids;

    Cable(Station from, Incarnation as, Member to) {
      this.from = from;
      this.as = as;
      this.to = to;
      this.news = new Lane(from.threads);
    }

    @Override
    public Member to() {
      return to;
    }

    @Override
    public CompletionStage<PeerAnswer> invoke(long view, Invocation invocation) {
      CompletableFuture<PeerAnswer> answer = new CompletableFuture<>();
      act(
          () -> {
            if (isOverdue(invocation)) {
              tell(answer, FailureCode.DEADLINE_PASSED, Execution.NOT_EXECUTED, "is overdue");
            } else if (waiting.size() + unsent.size() >= CALLS) {
              tell(
                  answer,
                  FailureCode.NODE_OVERLOADED,
                  Execution.NOT_EXECUTED,
                  "was not sent: too many wait for node " + to);
            } else {
              send(new Unsent(view, invocation, null, answer));
            }
          });
      return answer;
    }

    private boolean isOverdue(Invocation invocation) {
      return invocation.deadline() != Invocation.NO_DEADLINE
          && invocation.deadline() - from.clock.nanoTime() <= 0;
    }

    private Invocation onTheClockOf(Station other, Invocation invocation) {
      return invocation.deadline() == Invocation.NO_DEADLINE
          ? invocation
          : invocation.withDeadline(
              invocation.deadline() - from.clock.nanoTime() + other.clock.nanoTime());
    }

    @Override
    public void send(long view, PeerMessage message) {
      act(() -> send(new Unsent(view, null, message, new CompletableFuture<>())));
    }

    private void send(Unsent thing) {
      switch (phase) {
        case CONNECTED -> put(thing);
        case CONNECTING -> unsent.add(thing);
        case CLOSED -> unreached(thing);
        case IDLE -> {
          unsent.add(thing);
          connect(false);
        }
      }
    }

    private void put(Unsent thing) {
      Wire on = wire;
      if (on == null) {
        throw new IllegalStateException("Connected without a wire");
      }
      Invocation invocation = thing.invocation;
      PeerMessage message = thing.message;
      if (invocation != null) {
        long id = ++ids;
        waiting.put(id, new Waiting(id, on, thing.answer));
        Invocation there = onTheClockOf(on.to, invocation);
        on.there.send(() -> on.to.deliver(on, id, as, thing.view, there));
      } else if (message != null) {
        on.there.send(() -> on.to.deliver(as, to.incarnation(), thing.view, message));
      }
    }

    private void unreached(Unsent thing) {
      tell(
          thing.answer,
          FailureCode.NODE_UNAVAILABLE,
          Execution.NOT_EXECUTED,
          "was not sent: node " + to + " cannot be reached");
    }

    private void tell(
        CompletableFuture<PeerAnswer> answer, FailureCode code, Execution execution, String why) {
      Failure failure = new Failure(code, "A call " + why, execution, null);
      news.add(() -> answer.complete(new PeerAnswer.Answered(Answer.failed(failure))));
    }

    // ---- connections ----

    /**
     * @param again whether there was a connection, so that the node is told of this attempt in any
     *     case
     */
    private void connect(boolean again) {
      phase = Phase.CONNECTING;
      Duration time = delay.get();
      if (time.isZero()) {
        attempt(again);
      } else {
        timers.schedule(time, () -> act(() -> attempt(again)));
      }
    }

    private void attempt(boolean again) {
      if (phase != Phase.CONNECTING) {
        return;
      }
      Station there = stations.get(to.address());
      switch (reach()) {
        case THERE -> {
          phase = Phase.CONNECTED;
          wire = new Wire(this, java.util.Objects.requireNonNull(there));
          if (again) {
            inform(PeerTransport.Reach.THERE);
          }
          List<Unsent> first = List.copyOf(unsent);
          unsent.clear();
          first.forEach(this::put);
        }
        case GONE -> unreached(PeerTransport.Reach.GONE);
        case SILENT ->
            timers.schedule(
                SILENCE,
                () ->
                    act(
                        () -> {
                          if (phase == Phase.CONNECTING) {
                            unreached(PeerTransport.Reach.SILENT);
                          }
                        }));
      }
    }

    private void unreached(PeerTransport.Reach why) {
      phase = Phase.IDLE;
      List<Unsent> lost = List.copyOf(unsent);
      unsent.clear();
      lost.forEach(this::unreached);
      inform(why);
    }

    private void inform(PeerTransport.Reach reach) {
      PeerTransport.Inbox inbox = from.inbox;
      if (inbox != null) {
        news.add(() -> inbox.broken(to.incarnation(), reach));
      }
    }

    private PeerTransport.Reach reach() {
      Station there = stations.get(to.address());
      if (from.closed) {
        return PeerTransport.Reach.SILENT;
      }
      if (there != null && (areCut(from, there) || there.silent || from.silent)) {
        return PeerTransport.Reach.SILENT;
      }
      return there == null || !to.incarnation().equals(there.self)
          ? PeerTransport.Reach.GONE
          : PeerTransport.Reach.THERE;
    }

    /** This wire is not there any more. */
    void broke(Wire old) {
      for (Waiting one : waiting.values()) {
        if (one.wire == old) {
          news.add(() -> answered(one.id, unknown())); // after those that have come
        }
      }
      if (wire == old) {
        wire = null;
        if (phase == Phase.CONNECTED) {
          connect(true);
        }
      }
    }

    private PeerAnswer unknown() {
      return new PeerAnswer.Answered(
          Answer.failed(
              Failure.unknown(
                  FailureCode.NODE_UNAVAILABLE,
                  "A call may have run: the connection to node %s broke before its answer came"
                      .formatted(to))));
    }

    private void answered(long id, PeerAnswer answer) {
      Waiting one;
      lock.lock();
      try {
        one = waiting.remove(id);
        finish();
      } finally {
        lock.unlock();
      }
      if (one != null) {
        one.answer.complete(answer);
      }
    }

    @Override
    public CompletionStage<PeerTransport.Reach> probe(Duration patience) {
      CompletableFuture<PeerTransport.Reach> found = new CompletableFuture<>();
      act(
          () -> {
            Duration time = delay.get();
            if (time.isZero()) {
              probed(found, patience);
            } else {
              timers.schedule(time, () -> act(() -> probed(found, patience)));
            }
          });
      return found;
    }

    private void probed(CompletableFuture<PeerTransport.Reach> found, Duration patience) {
      PeerTransport.Reach first = phase == Phase.CLOSED ? PeerTransport.Reach.SILENT : reach();
      if (first == PeerTransport.Reach.GONE) {
        inform(first);
      }
      if (first == PeerTransport.Reach.SILENT) {
        timers.schedule(patience, () -> news.add(() -> found.complete(PeerTransport.Reach.SILENT)));
      } else {
        news.add(() -> found.complete(first));
      }
    }

    // ---- the end ----

    /** Who it was made as is not any more. */
    private void abandon() {
      phase = Phase.CLOSED;
      List<Unsent> lost = List.copyOf(unsent);
      unsent.clear();
      lost.forEach(this::unreached);
      Wire last = wire;
      if (last != null) {
        last.snap(false);
      }
    }

    @Override
    public void close() {
      act(
          () -> {
            from.cables.remove(this);
            if (phase == Phase.CLOSED) {
              return;
            }
            phase = Phase.CLOSED;
            List<Unsent> lost = List.copyOf(unsent);
            unsent.clear();
            lost.forEach(this::unreached);
            finish();
          });
    }

    /** A closed link goes when its last answer has come. */
    private void finish() {
      Wire last = wire;
      if (phase == Phase.CLOSED && waiting.isEmpty() && last != null && !last.broken) {
        last.snap(true);
      }
    }
  }
}
