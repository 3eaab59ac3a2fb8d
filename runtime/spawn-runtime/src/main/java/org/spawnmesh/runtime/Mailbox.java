package org.spawnmesh.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one activation that wait, and who may run them. Many send, one runs.
 *
 * <p>{@code pending} counts the calls that wait and the one that runs. Whoever raises it from 0 is
 * to run, and nobody else may until it is 0 again: that is the whole mutual exclusion. Closing is
 * the step from "nothing pending but me" to {@link #CLOSED}, so no call can slip in between.
 *
 * <p>A base class, not a part: there may be a million activations in a node, and each field is
 * eight megabytes there.
 */
abstract class Mailbox {

  /** How a sender finds it. */
  enum Entry {
    /** The sender is to run what is there, or to have it run. */
    FIRST,
    /** Somebody runs, and will come to it. */
    BEHIND,
    FULL,
    CLOSED
  }

  /** Far below zero, so that senders who add before they look cannot bring it back. */
  private static final int CLOSED = Integer.MIN_VALUE / 2;

  private static final VarHandle PENDING;
  private static final VarHandle INBOX;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      PENDING = lookup.findVarHandle(Mailbox.class, "pending", int.class);
      INBOX = lookup.findVarHandle(Mailbox.class, "inbox", Call.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("UnusedVariable") // through PENDING
  private volatile int pending;

  /** Newest first; senders push, the one who runs takes all. */
  @SuppressWarnings("UnusedVariable") // through INBOX
  private volatile @Nullable Call inbox;

  /** Oldest first; belongs to whoever runs. */
  private @Nullable Call ready;

  // ---- senders: any thread ----

  /**
   * Counts a call. After {@link Entry#FIRST} or {@link Entry#BEHIND} it must be pushed, or be run
   * by the sender who is first.
   */
  final Entry enter(int limit) {
    if ((int) PENDING.getOpaque(this) >= limit) {
      return Entry.FULL;
    }
    int before = (int) PENDING.getAndAdd(this, 1);
    return before < 0 ? Entry.CLOSED : before == 0 ? Entry.FIRST : Entry.BEHIND;
  }

  final void push(Call call) {
    Call newest;
    do {
      newest = inbox;
      call.nextInMailbox = newest;
    } while (!INBOX.weakCompareAndSet(this, newest, call));
  }

  /** Calls that wait or run. */
  final int mailbox() {
    return Math.max(0, (int) PENDING.getVolatile(this));
  }

  final boolean isClosed() {
    return (int) PENDING.getVolatile(this) < 0;
  }

  /** Shows what waits, and leaves it where it is; what is taken out meanwhile may be missed. */
  final void forEachWaiting(Consumer<Call> action) {
    for (Call call = inbox; call != null; call = call.nextInMailbox) {
      action.accept(call);
    }
    for (Call call = ready; call != null; call = call.nextInMailbox) {
      action.accept(call);
    }
  }

  // ---- whoever runs ----

  /** Makes the caller the one who runs, if nobody does and nothing waits. */
  final boolean reserve() {
    return PENDING.compareAndSet(this, 0, 1);
  }

  /** The oldest call that is pushed, or null. */
  final @Nullable Call poll() {
    if (ready == null) {
      Call newest = (Call) INBOX.getAndSet(this, null);
      while (newest != null) {
        Call older = newest.nextInMailbox;
        newest.nextInMailbox = ready;
        ready = newest;
        newest = older;
      }
    }
    Call call = ready;
    if (call != null) {
      ready = call.nextInMailbox;
      call.nextInMailbox = null;
    }
    return call;
  }

  /** Is nothing there that could be polled? */
  final boolean isEmpty() {
    return ready == null && inbox == null;
  }

  /** Counts {@code handled} calls off, and stays the one who runs, for more are counted. */
  final void handled(int handled) {
    PENDING.getAndAdd(this, -handled);
  }

  /**
   * Counts {@code handled} calls off.
   *
   * @return true if more are there and the caller is still to run; false if it must not any more
   */
  final boolean goesOn(int handled) {
    return (int) PENDING.getAndAdd(this, -handled) > handled;
  }

  /** Closes for good, if nothing is counted but what the one who runs has reserved. */
  final boolean closeIfIdle() {
    return PENDING.compareAndSet(this, 1, CLOSED);
  }

  /**
   * Closes for good.
   *
   * @param handled what of the counted calls is answered already
   * @return what waited, the oldest first, linked
   */
  final @Nullable Call close(int handled) {
    Call first = null;
    Call last = null;
    int seen = handled;
    do {
      // a sender that has counted itself and not pushed yet is about to: wait for it
      for (Call call = poll(); call != null; call = poll()) {
        seen++;
        if (last == null) {
          first = call;
        } else {
          last.nextInMailbox = call;
        }
        last = call;
      }
      Thread.onSpinWait();
    } while (!PENDING.compareAndSet(this, seen, CLOSED));
    return first;
  }
}
