package org.spawnmesh.runtime;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Durability;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.cluster.Gate;
import org.spawnmesh.store.Change;
import org.spawnmesh.store.KeptReply;
import org.spawnmesh.store.Reminder;
import org.spawnmesh.store.ReminderChange;

/**
 * What an actor's turns have changed and is not durable yet, and the answers that wait for it.
 *
 * <pre>
 * settled ◄──settle──┐
 *    └──depart──► unsettled ──fail, abandon──► doomed   (ends; the next call loads what is stored)
 * </pre>
 *
 * <p>The change sets are guarded by the monitor of this object, which the writer takes too; see
 * {@link ChangeSet}. A base class for the reason that {@link Mailbox} is one.
 */
abstract class Settlement extends Mailbox implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Settlement.class);

  final ActorId id;
  final Gate gate;
  final HostedType type;
  final Activations activations;

  /** Null while loading. Written by whoever runs; read by reentrant actions and the curious. */
  private volatile @Nullable Held held;

  /** The last change set that is not durable; guarded by this monitor, read without as a hint. */
  private volatile @Nullable ChangeSet unsettled;

  /** Why this activation must end: it holds changes that will never be durable. */
  private volatile @Nullable Failure doomed;

  /** Too many answers wait for the disk; {@link #settle} resumes. Guarded by this monitor. */
  private boolean stalled;

  Settlement(ActorId id, HostedType type, Gate gate, Activations activations) {
    this.id = id;
    this.type = type;
    this.gate = gate;
    this.activations = activations;
  }

  /**
   * Ends this activation if it has nothing to do; saves first what is unsaved and then takes
   * another call of this method.
   *
   * @return true if it is closed now
   */
  abstract boolean passivate(PassivationReason reason);

  /** Null while loading. */
  final @Nullable Held held() {
    return held;
  }

  /** Is all that it holds durable? May have changed when it is read, but not by whoever runs. */
  final boolean isSettled() {
    return unsettled == null;
  }

  final boolean isDoomed() {
    return doomed != null;
  }

  // ---- turns: whoever runs ----

  /** It is loaded. */
  final void hold(Held loaded) {
    held = loaded;
  }

  /**
   * Lets the turn's answer leave now, or makes it wait for the state that it saw.
   *
   * @param enclosing what becomes durable with it; null if nothing else does
   * @param reply what is remembered of it
   * @return false if it was refused, because this activation must end
   */
  final boolean depart(
      Call call, Decision decision, @Nullable Enclosing enclosing, @Nullable KeptReply reply) {
    Held next = decision.next();
    if (next == null && unsettled == null) {
      if (activations.mayAnswer()) {
        activations.release(call, decision);
      } else {
        refuse(
            call,
            Failure.unknown(
                    FailureCode.NODE_UNAVAILABLE,
                    call.invocation + " ran on a node that may have lost the actor meanwhile")
                .retryAfter(activations.settings.retryAfter()));
      }
      return true;
    }
    boolean waits =
        type.hosting().durability() instanceof Durability.Commit || decision.checkpoint();
    ChangeSet submit = null;
    ChangeSet parked = null;
    Failure failure;
    synchronized (this) {
      failure = doomed;
      if (failure == null) {
        ChangeSet set = unsettled;
        if (next != null) {
          if (set != null && set.isOpen()) {
            set.merge(next, call.invocation);
          } else {
            set = new ChangeSet(this, set, next, call.invocation);
            unsettled = set;
            parked = set;
          }
          if (enclosing != null) {
            set.enclose(enclosing.sent(), reply, enclosing.reminders());
          }
          held = next;
        }
        if (set == null) {
          waits = false; // it became durable meanwhile
        } else if (waits) {
          set.append(new Departure(call, decision));
          submit = set.submit() ? set : null;
        }
      }
    }
    if (failure != null) {
      refuse(call, failure);
      return false;
    }
    if (submit != null) {
      activations.submit(submit);
    } else if (!waits) {
      if (parked != null && type.hosting().durability() instanceof Durability.Snapshot snapshot) {
        activations.saveLater(this, snapshot);
      }
      activations.release(call, decision);
    }
    return true;
  }

  /** Ends an accepted call without a turn. */
  final void refuse(Call call, Failure failure) {
    activations.release(call, Decision.failed(failure));
  }

  /**
   * The reminder as it is after all turns so far, durable or not; null if there is none. For
   * whoever runs; may block.
   */
  final @Nullable Reminder reminder(String name) {
    ReminderChange undurable;
    synchronized (this) {
      undurable = unsettled == null ? null : unsettled.plan(name);
    }
    return switch (undurable) {
      case ReminderChange.Planned planned -> planned.reminder();
      case ReminderChange.Cancelled cancelled -> null;
      case null -> activations.store.agenda().reminder(id, name).orElse(null);
    };
  }

  /**
   * True if too many answers wait for the disk; then {@link #settle} starts the next turn. Calls
   * stay counted, so nobody else does; those that are handled are counted off before {@code
   * stalled} is seen, because from then on this thread is not the one that runs.
   */
  final synchronized boolean stall(int handled) {
    ChangeSet set = unsettled;
    if (set == null || set.waiting() < activations.settings.mailboxLimit() || isEmpty()) {
      return false;
    }
    handled(handled);
    stalled = true;
    return true;
  }

  // ---- any thread ----

  /** Ends as soon as it can, so that the next call loads what is stored. */
  final void reload(Failure why) {
    synchronized (this) {
      if (unsettled == null && doomed == null) {
        doomed = why;
      }
    }
    passivate(PassivationReason.REQUESTED);
  }

  /**
   * Hands over what {@link Durability.Snapshot} has left unsaved.
   *
   * @return true if there was nothing that is not durable
   */
  final boolean save() {
    ChangeSet unsaved = null;
    boolean clean;
    synchronized (this) {
      clean = unsettled == null;
      if (unsettled != null && unsettled.submit()) {
        unsaved = unsettled;
      }
    }
    if (unsaved != null) {
      activations.submit(unsaved);
    }
    return clean;
  }

  /** The node lost its right to write: nothing unsettled will ever be durable. */
  final void abandon(Failure why) {
    Departure departures;
    synchronized (this) {
      doomed = why;
      ChangeSet set = unsettled;
      departures = set != null && set.isOpen() ? set.fail() : null;
    }
    activations.fail(departures, why);
    passivate(PassivationReason.ABANDONED);
  }

  // ---- commits: the writer's thread ----

  /** What to commit for {@code set}, or null if it must not be committed any more. */
  final synchronized @Nullable Change take(ChangeSet set, Instant now) {
    return doomed != null || !set.isOpen() ? null : set.take(now, type.definition().history());
  }

  /** Why {@link #take} gave nothing. */
  final Failure doom() {
    Failure why = doomed;
    return why != null
        ? why
        : Failure.notExecuted(FailureCode.LOST_OWNERSHIP, "The activation of " + id + " ended");
  }

  /**
   * {@code set} is durable: what waited for it leaves, in order. Turns that come meanwhile wait
   * behind, so that no answer overtakes another.
   */
  final void settle(ChangeSet set) {
    boolean resume;
    Instant due = null;
    while (true) {
      Departure departures;
      synchronized (this) {
        departures = set.departures();
        if (departures == null) {
          set.settle();
          due = set.firstDue();
          if (unsettled == set) {
            unsettled = null;
          }
          resume = stalled;
          stalled = false;
          break;
        }
      }
      activations.release(departures);
    }
    if (!set.sent().isEmpty()) {
      activations.deliveries.take(id, gate, set.sent());
    }
    if (due != null) {
      activations.reminders.planned(due);
    }
    if (resume) {
      activations.turns.execute(this);
    } else if (isLeaving()) {
      passivate(leaving());
    }
  }

  /**
   * {@code set} surely is not durable. Unless it can be tried again, the activation must end: turns
   * that saw the lost state are told so, and the next call loads what is stored.
   *
   * @param again the same changes may be tried later, if nobody waits for them
   * @return what waited, to be told; {@link #failed} is to follow
   */
  final @Nullable Departure fail(ChangeSet set, Failure why, boolean again) {
    synchronized (this) {
      ChangeSet latest = unsettled;
      if (again && doomed == null && set.waiting() == 0 && latest != null) {
        if (latest == set) {
          set.reopen();
        } else {
          latest.rebase(set);
        }
        return null;
      }
      if (doomed == null) {
        doomed = why;
      }
      if (set.waiting() == 0) {
        log.error(
            "Changes of {} that were answered before they were durable are lost: {}", id, why);
      }
      return set.fail();
    }
  }

  /** After {@link #fail}, when what waited was told. */
  final void failed() {
    boolean resume;
    synchronized (this) {
      resume = stalled;
      stalled = false;
    }
    if (resume) {
      activations.turns.execute(this);
    } else if (doomed != null) {
      passivate(PassivationReason.ABANDONED);
    } else if (isLeaving()) {
      activations.drainLater(this);
    } else if (type.hosting().durability() instanceof Durability.Snapshot snapshot) {
      activations.saveLater(this, snapshot);
    }
  }

  // ---- the end ----

  /** Is it to end as soon as it has nothing to do? */
  final boolean isLeaving() {
    return gate.isClosing() || activations.isDraining();
  }

  final PassivationReason leaving() {
    return gate.isClosing() ? PassivationReason.MOVED : PassivationReason.DRAIN;
  }
}
