package org.spawnmesh.examples.mesh.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * Deposits of 1, one after the other at each of some accounts. Each account has a caller of its
 * own, who calls one node and, when a call fails, the next. Thread-safe.
 */
public final class Load implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long AFTER_FAILURE = TimeUnit.MILLISECONDS.toNanos(5);

  /**
   * One call.
   *
   * @param begun in nanoseconds, as {@link System#nanoTime}
   * @param ended in nanoseconds
   */
  public record Call(String account, long begun, long ended, Outcome outcome) {

    public boolean isAnswered() {
      return outcome instanceof Outcome.Answered;
    }
  }

  private final List<MeshNode> nodes = new CopyOnWriteArrayList<>();
  private final List<Caller> callers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private final long pause;
  private volatile boolean over;

  private Load(Duration pause) {
    this.pause = pause.toNanos();
  }

  /**
   * @param pause of a caller after an answer, before the next call
   */
  public static Load on(List<String> accounts, Collection<MeshNode> nodes, Duration pause) {
    Load load = new Load(pause);
    load.nodes.addAll(nodes);
    for (int i = 0; i < accounts.size(); i++) {
      Caller caller = load.new Caller(accounts.get(i), i);
      load.callers.add(caller);
      load.threads.add(Thread.ofVirtual().start(caller));
    }
    return load;
  }

  /** As a load balancer that hears of a node. */
  public void use(MeshNode node) {
    nodes.add(node);
  }

  /** As a load balancer that has noticed that a node is dead. */
  public void drop(MeshNode node) {
    nodes.remove(node);
  }

  /**
   * As a load balancer that hears that a node is about to stop, and returns when nobody uses it.
   */
  public void avoid(MeshNode node) throws InterruptedException {
    drop(node);
    long now = System.nanoTime();
    await(call -> call.begun() > now);
  }

  /** Forgets the calls so far; what they did to the accounts is not forgotten. */
  public void forget() {
    callers.forEach(Caller::forget);
  }

  /** All calls that ended since {@link #forget}. */
  public List<Call> calls() {
    return callers.stream().flatMap(caller -> caller.calls().stream()).toList();
  }

  /** Waits until each account has such a call. */
  public void await(Predicate<Call> wanted) throws InterruptedException {
    for (Caller caller : callers) {
      Conditions.await(
          "an answer of " + caller.account,
          PATIENCE,
          () -> caller.calls().stream().anyMatch(wanted));
    }
  }

  /** Per account: since {@code moment}, how long until a call that was begun later was answered. */
  public Duration away(String account, long moment) {
    return first(account, moment)
        .map(call -> Duration.ofNanos(call.ended() - moment))
        .orElseThrow(() -> new IllegalStateException(account + " has not answered yet"));
  }

  private Optional<Call> first(String account, long moment) {
    return callers.stream()
        .filter(caller -> caller.account.equals(account))
        .flatMap(caller -> caller.calls().stream())
        .filter(call -> call.begun() >= moment && call.isAnswered())
        .findFirst();
  }

  /** The longest time between two answers of one account since {@link #forget}. */
  public Duration longestGap() {
    long longest = 0;
    for (Caller caller : callers) {
      long before = 0;
      for (Call call : caller.calls()) {
        if (call.isAnswered()) {
          longest = before == 0 ? longest : Math.max(longest, call.ended() - before);
          before = call.ended();
        }
      }
    }
    return Duration.ofNanos(longest);
  }

  /** Calls without an answer since {@link #forget}. */
  public List<Call> failed() {
    return calls().stream().filter(call -> !call.isAnswered()).toList();
  }

  /** Ends the load, and says what the accounts must hold now. */
  public Expected stop() throws InterruptedException {
    over = true;
    for (Thread thread : threads) {
      thread.join();
    }
    Expected expected = new Expected(new TreeMap<>(), new TreeMap<>());
    for (Caller caller : callers) {
      expected.acknowledged.put(caller.account, caller.acknowledged);
      expected.uncertain.put(caller.account, caller.uncertain);
    }
    return expected;
  }

  @Override
  public void close() {
    over = true;
    threads.forEach(Thread::interrupt);
  }

  /**
   * What callers know of the accounts.
   *
   * @param acknowledged deposits that were answered: all of them are there
   * @param uncertain deposits that may be there
   */
  public record Expected(Map<String, Long> acknowledged, Map<String, Long> uncertain) {

    /** Whether an account may hold so much. */
    public boolean allows(String account, long balance) {
      long least = acknowledged.getOrDefault(account, 0L);
      return balance >= least && balance <= least + uncertain.getOrDefault(account, 0L);
    }

    public long allAcknowledged() {
      return acknowledged.values().stream().mapToLong(Long::longValue).sum();
    }

    public long allUncertain() {
      return uncertain.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /** Whoever calls one account. */
  private final class Caller implements Runnable {

    private final String account;
    private int turn;
    private final List<Call> calls = new ArrayList<>();
    private long acknowledged;
    private long uncertain;

    Caller(String account, int turn) {
      this.account = account;
      this.turn = turn;
    }

    @Override
    public void run() {
      try {
        while (!over) {
          List<MeshNode> known = List.copyOf(nodes);
          MeshNode node = known.get(turn % known.size());
          long begun = System.nanoTime();
          Outcome outcome = node.post("/accounts/" + account + "/deposits", Map.of("amount", 1));
          add(new Call(account, begun, System.nanoTime(), outcome));
          LockSupport.parkNanos(outcome instanceof Outcome.Answered ? pause : AFTER_FAILURE);
        }
      } catch (InterruptedException e) {
        // it is over
      }
    }

    private synchronized void add(Call call) {
      calls.add(call);
      switch (call.outcome()) {
        case Outcome.Answered answered -> acknowledged++;
        case Outcome.NotDone notDone -> turn++;
        case Outcome.Unknown unknown -> {
          uncertain++;
          turn++;
        }
      }
    }

    synchronized void forget() {
      calls.clear();
    }

    synchronized List<Call> calls() {
      return List.copyOf(calls);
    }
  }
}
