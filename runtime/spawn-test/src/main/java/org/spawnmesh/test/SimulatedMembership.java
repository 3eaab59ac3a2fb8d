package org.spawnmesh.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.Membership;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.time.Timers;

/**
 * A coordination service in this process's memory, as good or as bad as a test wants it: it can be
 * away for some or for all, take the living for dead, forget everything, go back to what it knew
 * before, have two leaders, and tell late or never.
 *
 * <p>Each node's {@link Client} asks every second, and is told of changes when the service tells
 * it. Thread-safe; nodes are told on their own threads.
 */
public final class SimulatedMembership {

  private static final Duration HEARTBEAT = Duration.ofSeconds(1);

  private final ReentrantLock lock = new ReentrantLock();
  private final Timers timers;
  private final Duration session;

  /** How long it takes to tell a node of a change; null if it is not told. */
  private final Supplier<@Nullable Duration> notice;

  private final List<Client> clients = new ArrayList<>();

  /** Who is visible, in the order in which they came; the first leads. */
  private Map<Client, Member> visible = new LinkedHashMap<>();

  private long view;
  private long writes;
  private boolean away;
  private @Nullable Client secondLeader;

  /** Everything that a service keeps. */
  public record Copy(Map<Client, Member> visible, long view) {}

  /**
   * @param session after how long without a sign of life a node is taken for dead
   * @param notice how long it takes to tell a node of a change; null if it is not told, and finds
   *     out with its next question
   */
  public SimulatedMembership(Timers timers, Duration session, Supplier<@Nullable Duration> notice) {
    this.timers = timers;
    this.session = session;
    this.notice = notice;
  }

  /** A service that always works. */
  public static SimulatedMembership reliable(Timers timers) {
    return new SimulatedMembership(timers, Duration.ofSeconds(4), () -> Duration.ZERO);
  }

  /**
   * What one process has of it.
   *
   * @param threads the process's own, and its own {@code time}
   */
  public Client client(Executor threads, Timers time) {
    Client client = new Client(threads, time);
    lock.lock();
    try {
      clients.add(client);
    } finally {
      lock.unlock();
    }
    return client;
  }

  // ---- what the world does to it ----

  /** Nobody reaches it until {@link #comeBack}, and nobody's session ends meanwhile. */
  public void goAway() {
    change(() -> away = true);
  }

  public void comeBack() {
    change(
        () -> {
          away = false;
          clients.forEach(client -> client.heard = timers.nanoTime());
        });
  }

  /** It forgets everything. */
  public void wipe() {
    change(
        () -> {
          visible.clear();
          view = 0;
        });
  }

  /** What it knows now, for {@link #rewind}. */
  public Copy copy() {
    lock.lock();
    try {
      return new Copy(new LinkedHashMap<>(visible), view);
    } finally {
      lock.unlock();
    }
  }

  /** How often a node has told it something; a question is none. */
  public long writes() {
    lock.lock();
    try {
      return writes;
    } finally {
      lock.unlock();
    }
  }

  /** It knows only what it knew then. */
  public void rewind(Copy then) {
    change(
        () -> {
          visible = new LinkedHashMap<>(then.visible());
          view = then.view();
        });
  }

  /** Besides whoever is first, this one is told that it leads; null ends that. */
  public void lead(@Nullable Client also) {
    change(() -> secondLeader = also);
  }

  private void change(Runnable change) {
    List<Client> told;
    lock.lock();
    try {
      change.run();
      told = List.copyOf(clients);
    } finally {
      lock.unlock();
    }
    for (Client client : told) {
      Duration delay = notice.get();
      if (delay == null) {
        continue;
      }
      if (delay.isZero()) {
        client.threads.execute(client::ask);
      } else {
        timers.schedule(delay, () -> client.threads.execute(client::ask));
      }
    }
  }

  /** Sessions without a sign of life end. */
  private void expire() {
    lock.lock();
    try {
      if (away) {
        return;
      }
      long limit = timers.nanoTime() - session.toNanos();
      if (visible.keySet().stream().noneMatch(client -> client.heard - limit < 0)) {
        return;
      }
      visible.keySet().removeIf(client -> client.heard - limit < 0);
    } finally {
      lock.unlock();
    }
    change(() -> {});
  }

  /** One process's connection to the service. */
  public final class Client implements Membership {

    private final Executor threads;
    private final Timers time;
    private Runnable changed = () -> {};
    private volatile Observation last = Observation.NOTHING;

    // ---- guarded by the service's lock ----

    private @Nullable Member wish;
    private boolean cut;
    private boolean closed;
    private long heard;

    private Client(Executor threads, Timers time) {
      this.threads = threads;
      this.time = time;
    }

    // ---- what the world does to it ----

    /** Whether this process alone cannot reach the service. */
    public void cut(boolean value) {
      lock.lock();
      try {
        cut = value;
      } finally {
        lock.unlock();
      }
    }

    /** The service takes this node for dead, and the node finds out when it asks again. */
    public void expire() {
      change(() -> visible.remove(this));
    }

    /** The process is dead. */
    public void kill() {
      change(
          () -> {
            closed = true;
            visible.remove(this);
            clients.remove(this);
          });
    }

    /** The process is dead, and the service has not noticed. */
    public void vanish() {
      lock.lock();
      try {
        closed = true;
      } finally {
        lock.unlock();
      }
      timers.schedule(session, SimulatedMembership.this::expire);
    }

    // ---- what the node sees ----

    @Override
    public void start(Runnable told) {
      changed = told;
      beat();
    }

    private void beat() {
      threads.execute(this::ask);
      time.schedule(
          HEARTBEAT,
          () -> {
            if (!closed) {
              SimulatedMembership.this.expire();
              beat();
            }
          });
    }

    /** Asks for everything, and keeps the session alive. */
    private void ask() {
      Observation before = last;
      boolean again = false;
      lock.lock();
      try {
        if (closed) {
          return;
        }
        if (cut || away) {
          last = new Observation(before.live(), false, null, before.view(), before.contact());
        } else {
          heard = timers.nanoTime();
          if (wish != null && !wish.equals(visible.get(this))) {
            again = true;
            replace(wish);
          } else if (wish == null && visible.remove(this) != null) {
            again = true;
          }
          Map<Incarnation, Member> live = new LinkedHashMap<>();
          visible.values().forEach(member -> live.put(member.incarnation(), member));
          Client first = visible.isEmpty() ? null : visible.keySet().iterator().next();
          Member leader = first == null ? null : visible.get(first);
          boolean leading = visible.containsKey(this) && (first == this || secondLeader == this);
          last =
              new Observation(
                  live,
                  leading,
                  leader == null ? null : leader.incarnation(),
                  Math.max(view, before.view()),
                  time.nanoTime());
        }
      } finally {
        lock.unlock();
      }
      Observation now = last;
      if (again) {
        change(() -> {});
      }
      if (!now.live().equals(before.live())
          || now.leading() != before.leading()
          || now.view() != before.view()
          || !java.util.Objects.equals(now.leader(), before.leader())
          || before.contact() == null) {
        changed.run();
      }
    }

    /** Another life stands at the end of the line. */
    private void replace(Member next) {
      writes++;
      Member former = visible.get(this);
      if (former != null && !former.incarnation().equals(next.incarnation())) {
        visible.remove(this);
      }
      visible.put(this, next);
    }

    @Override
    public void announce(Member self) {
      lock.lock();
      try {
        if (closed) {
          return;
        }
        wish = self;
        refuseUnlessReached();
        heard = timers.nanoTime();
        replace(self);
      } finally {
        lock.unlock();
      }
      ask();
      change(() -> {});
    }

    @Override
    public void leave() {
      lock.lock();
      try {
        wish = null;
        last = new Observation(last.live(), false, last.leader(), last.view(), last.contact());
        if (cut || away || closed) {
          return; // the session's end will be noticed, if nothing else
        }
        writes++;
        visible.remove(this);
      } finally {
        lock.unlock();
      }
      change(() -> {});
    }

    @Override
    public Observation observe() {
      return last;
    }

    @Override
    public void publish(long number) {
      lock.lock();
      try {
        refuseUnlessReached();
        writes++;
        view = Math.max(view, number);
      } finally {
        lock.unlock();
      }
      ask();
      change(() -> {});
    }

    private void refuseUnlessReached() {
      if (cut || away || closed) {
        throw new MembershipUnavailableException("The service cannot be reached", null);
      }
    }

    @Override
    public void close() {
      leave();
      lock.lock();
      try {
        closed = true;
        clients.remove(this);
      } finally {
        lock.unlock();
      }
    }
  }
}
