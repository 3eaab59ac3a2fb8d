package org.spawnmesh.cluster;

import java.time.Duration;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.cluster.Membership.Observation;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.time.Timers;
import org.spawnmesh.time.Timers.Timer;

/**
 * What every {@link Membership} by a coordination service does alike: it remembers what is wished,
 * has one thread make <b>rounds</b>, and tells when something else is seen. A round makes of the
 * service what is wished and learns what there is; how, only the {@link Service} knows. A round is
 * made when something is wished, when {@link #ask} says so, and at fixed intervals, and sees to all
 * reasons that were given before it began. So it does not matter what happened meanwhile.
 *
 * <p>Thread-safe. {@code changed} is called without a lock held; it is not called when only the
 * contact is newer.
 */
public final class MembershipRounds {

  private static final Logger log = LoggerFactory.getLogger(MembershipRounds.class);

  /** A coordination service, as one node uses it. */
  public interface Service {

    /**
     * Why no round can be made now, in words; null if one can. Does not block; the lock is held.
     * When it becomes null, {@link #ask} is to be called.
     */
    default @Nullable String obstacle() {
      return null;
    }

    /** Called by the thread of the rounds alone; may block, and fails as it likes. */
    void round(Wish wish) throws Exception;

    /**
     * What is known now. Does not block; the lock is held.
     *
     * @param self who is to be visible; null if nobody is
     */
    Observation observation(@Nullable Member self);
  }

  /**
   * What a round is to achieve.
   *
   * @param self who is to be visible; null if nobody is
   * @param former lives of this process that may be visible still, and must not be
   */
  public record Wish(@Nullable Member self, Set<Incarnation> former) {}

  private record Reason(long number, Wish wish) {}

  private final Service service;
  private final Timers timers;
  private final Duration interval;
  private final Thread thread;

  /** Guards what follows, and what the service knows; never held while anybody is asked or told. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition moved = lock.newCondition();
  private final Set<Incarnation> unwanted = new HashSet<>();
  private @Nullable Member wanted;
  private boolean closed;

  /** How many reasons for a round there were, and how many of them were seen to. */
  private long asked;

  private long seenTo;
  private @Nullable Exception failure;

  private volatile Observation observation = Observation.NOTHING;
  private volatile Runnable changed = () -> {};
  private volatile Timer next = () -> {};

  /**
   * @param interval between two rounds for which there is no other reason
   * @param threads makes the thread of the rounds
   */
  public MembershipRounds(
      Service service, Timers timers, Duration interval, ThreadFactory threads) {
    this.service = service;
    this.timers = timers;
    this.interval = interval;
    this.thread = threads.newThread(this::run);
  }

  /** Called once; see {@link Membership#start}. */
  public void start(Runnable whenChanged) {
    changed = whenChanged;
    thread.start();
    tick();
  }

  private void tick() {
    lock.lock();
    try {
      if (closed) {
        return;
      }
      next = timers.schedule(interval, this::tick);
    } finally {
      lock.unlock();
    }
    update(() -> {}); // what is known may be another thing because time has passed
    ask();
  }

  // What is wished

  /**
   * Wishes that this life of the node is visible and no other, and waits for a round.
   *
   * @return what went wrong, or null
   * @throws IllegalStateException if this is closed
   */
  public @Nullable Exception announce(Member self, Duration patience) {
    long reason;
    lock.lock();
    try {
      requireOpen("Cannot announce " + self);
      if (wanted != null) {
        unwanted.add(wanted.incarnation());
      }
      unwanted.remove(self.incarnation());
      wanted = self;
      reason = ask();
    } finally {
      lock.unlock();
    }
    update(() -> {});
    return await(reason, patience);
  }

  /**
   * Wishes that no life of the node is visible, and waits for a round if one can be made.
   *
   * @return what went wrong if others may see it still, or null
   */
  public @Nullable Exception leave(Duration patience) {
    Incarnation former;
    String obstacle;
    long reason;
    lock.lock();
    try {
      if (wanted == null) {
        return null;
      }
      former = wanted.incarnation();
      unwanted.add(former);
      wanted = null;
      obstacle = service.obstacle();
      reason = ask();
    } finally {
      lock.unlock();
    }
    update(() -> {});
    Exception why =
        obstacle == null ? await(reason, patience) : new IllegalStateException(obstacle);
    return observation.live().containsKey(former) ? why : null;
  }

  /** Who is to be visible; null if nobody is. */
  public @Nullable Member wanted() {
    return read(() -> wanted);
  }

  /** Gives a reason for a round; does not block. */
  public long ask() {
    return read(
        () -> {
          moved.signalAll();
          return ++asked;
        });
  }

  /** Waits until a round saw to this reason; what went wrong, or null. */
  private @Nullable Exception await(long reason, Duration patience) {
    lock.lock();
    try {
      long left = patience.toNanos();
      while (seenTo < reason) {
        if (closed || left <= 0) {
          return new IllegalStateException(whyNot(patience));
        }
        left = moved.awaitNanos(left);
      }
      return failure;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e;
    } finally {
      lock.unlock();
    }
  }

  private String whyNot(Duration patience) {
    String obstacle = service.obstacle();
    return closed ? "it is closed" : obstacle != null ? obstacle : "no answer in " + patience;
  }

  /**
   * @throws IllegalStateException if this is closed
   */
  public void requireOpen(String what) {
    if (isClosed()) {
      throw new IllegalStateException(what + ": this membership is closed");
    }
  }

  public boolean isClosed() {
    return read(() -> closed);
  }

  /**
   * No round begins from now on; the one that is under way is interrupted.
   *
   * @return false if it was closed already
   */
  public boolean close() {
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      closed = true;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
    next.cancel();
    thread.interrupt();
    return true;
  }

  // What is known

  /** What was known after the last {@link #update}. */
  public Observation observe() {
    return observation;
  }

  /** Reads what is known, with the lock held. */
  public <T extends @Nullable Object> T read(Supplier<T> known) {
    lock.lock();
    try {
      return known.get();
    } finally {
      lock.unlock();
    }
  }

  /** Changes what is known, with the lock held, and tells if that is seen from outside. */
  public void update(Runnable change) {
    Observation before;
    Observation after;
    lock.lock();
    try {
      before = observation;
      change.run();
      after = service.observation(wanted);
      observation = after;
    } finally {
      lock.unlock();
    }
    if (before.leading() != after.leading()) {
      log.info(after.leading() ? "This node leads" : "This node does not lead any more");
    }
    if (!isSame(before, after)) {
      try {
        changed.run();
      } catch (RuntimeException e) {
        log.error("Whoever is told that the members changed failed; they are not told again", e);
      }
    }
  }

  private static boolean isSame(Observation before, Observation after) {
    return before.live().equals(after.live())
        && before.leading() == after.leading()
        && Objects.equals(before.leader(), after.leader())
        && before.view() == after.view();
  }

  // The rounds

  private void run() {
    for (Reason reason = next(); reason != null; reason = next()) {
      Exception why = null;
      try {
        service.round(reason.wish());
      } catch (Exception e) {
        why = e;
      }
      finish(reason, why);
    }
  }

  /** The last reason there is, when a round can be made; null when none will be. */
  private @Nullable Reason next() {
    lock.lock();
    try {
      while (!closed && (seenTo == asked || service.obstacle() != null)) {
        moved.awaitUninterruptibly();
      }
      return closed ? null : new Reason(asked, new Wish(wanted, Set.copyOf(unwanted)));
    } finally {
      lock.unlock();
    }
  }

  private void finish(Reason reason, @Nullable Exception why) {
    lock.lock();
    try {
      if (why == null) {
        unwanted.removeAll(reason.wish().former());
      }
      seenTo = reason.number();
      failure = why;
      moved.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
