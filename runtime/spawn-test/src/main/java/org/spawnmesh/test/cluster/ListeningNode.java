package org.spawnmesh.test.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.Membership;
import org.spawnmesh.cluster.Membership.MembershipUnavailableException;
import org.spawnmesh.cluster.Membership.Observation;
import org.spawnmesh.time.Timers;

/**
 * One process of a mesh, as far as its {@link Membership} goes, and its ear: it looks only when it
 * was told that something changed, so a membership that forgets to tell is found out.
 *
 * <p>Used by one thread.
 */
public final class ListeningNode implements AutoCloseable {

  private final Membership membership;
  private final Duration patience;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition told = lock.newCondition();
  private long times;
  private Member self;

  /**
   * @param self who it is when it is announced
   * @param patience how long it waits for what is bound to happen
   */
  public ListeningNode(Membership membership, Member self, Duration patience) {
    this.membership = membership;
    this.self = self;
    this.patience = patience;
  }

  public Membership membership() {
    return membership;
  }

  /** Who it is, or will be when it is announced. */
  public Member self() {
    return self;
  }

  public void start() {
    membership.start(this::changed);
  }

  private void changed() {
    lock.lock();
    try {
      times++;
      told.signalAll();
    } finally {
      lock.unlock();
    }
  }

  public void announce() {
    membership.announce(self);
  }

  /** Announces itself, and waits until it sees itself, however slowly the service answers. */
  public void announceAtLast() throws InterruptedException {
    try {
      announce();
    } catch (MembershipUnavailableException e) {
      // It is announced as soon as it can be.
    }
    seesItself();
  }

  public void announce(Member next) {
    self = next;
    membership.announce(next);
  }

  public Observation observe() {
    return membership.observe();
  }

  /** Waits until it is told something that makes this so. */
  public Observation await(String what, Predicate<Observation> expected)
      throws InterruptedException {
    long left = patience.toNanos();
    while (true) {
      long heard = heard();
      Observation now = observe();
      if (expected.test(now)) {
        return now;
      }
      lock.lock();
      try {
        while (times == heard) {
          if (left <= 0) {
            throw new AssertionError(
                "%s did not hear within %s that %s; it knows %s%s"
                    .formatted(
                        self,
                        patience,
                        what,
                        observe(),
                        expected.test(observe()) ? ", so it is true, and nobody told" : ""));
          }
          left = told.awaitNanos(left);
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private long heard() {
    lock.lock();
    try {
      return times;
    } finally {
      lock.unlock();
    }
  }

  /** Waits until exactly these are visible, as they are. */
  public void sees(Member... members) throws InterruptedException {
    Set<Member> expected = Set.of(members);
    await(
        "these are visible: " + List.of(members),
        now -> Set.copyOf(now.live().values()).equals(expected));
  }

  public void seesItself() throws InterruptedException {
    await("it is visible", now -> self.equals(now.live().get(self.incarnation())));
  }

  public void leads() throws InterruptedException {
    await("it leads", Observation::leading);
  }

  public void doesNotLead() throws InterruptedException {
    await("it does not lead", now -> !now.leading());
  }

  public void knowsLeader(ListeningNode leader) throws InterruptedException {
    await(leader.self + " is the leader", now -> leader.self.incarnation().equals(now.leader()));
  }

  public void knowsALeader() throws InterruptedException {
    await("somebody leads", now -> now.leader() != null);
  }

  public void knowsView(long view) throws InterruptedException {
    await("the view is " + view, now -> now.view() == view);
  }

  /** Publishes as soon as the service can be reached. */
  public void publishesAtLast(long view) {
    eventually(
        "view " + view + " is published",
        () -> {
          try {
            membership.publish(view);
            return true;
          } catch (MembershipUnavailableException e) {
            return false;
          }
        },
        patience);
  }

  /** Waits for a request that is sent from now on and answered. Nobody tells that; so it polls. */
  public void isInContact(Timers timers) {
    long now = timers.nanoTime();
    eventually(
        "a request that is sent now is answered",
        () -> {
          Long contact = observe().contact();
          return contact != null && contact - now >= 0;
        },
        patience);
  }

  /** Waits for what nobody tells. */
  public static void eventually(String what, Callable<Boolean> so, Duration patience) {
    var lock = new ReentrantLock();
    Condition never = lock.newCondition();
    long deadline = System.nanoTime() + patience.toNanos();
    lock.lock();
    try {
      while (!so.call()) {
        if (System.nanoTime() - deadline > 0) {
          throw new AssertionError("Not within " + patience + ": " + what);
        }
        if (never.await(20, TimeUnit.MILLISECONDS)) {
          throw new AssertionError("Nobody knows this condition");
        }
      }
    } catch (Exception e) {
      throw new AssertionError("Not so: " + what, e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    membership.close();
  }
}
