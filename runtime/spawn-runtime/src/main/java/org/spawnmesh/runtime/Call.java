package org.spawnmesh.runtime;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;

/**
 * An accepted invocation on its way to an answer.
 *
 * <pre>
 * WAITING ──claim, by the turn──────► RUNNING ──► answered
 *    │ ▲────claim, by the router────► AWAY ──────► answered; or WAITING, if the peer did not take it
 *    └──────expire, at the deadline──► EXPIRED ──► answered "did not take effect"
 * </pre>
 *
 * Exactly one of the two leaves WAITING, so a caller is never told "not executed" of a turn that
 * runs. Thread-safe. It is its own future and its own link in the mailbox, because one is made for
 * every invocation.
 */
sealed class Call extends CompletableFuture<Answer> permits ReminderCall {

  private static final VarHandle CLAIMED;
  private static final VarHandle CONTINUATION;

  /** Stands for "a continuation may be left here". */
  private static final Runnable OPEN = () -> {};

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      CLAIMED = lookup.findVarHandle(Call.class, "claimed", boolean.class);
      CONTINUATION = lookup.findVarHandle(Call.class, "continuation", Runnable.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * What was asked. From the turn on, which writes it, as the turn's tracer has it go on: what the
   * turn causes goes on from there.
   */
  Invocation invocation;

  final long deadline;

  /** Next in the mailbox; written by the sender before it publishes the call. */
  @Nullable Call nextInMailbox;

  /** Next among the calls that {@link Deadlines} has not looked at yet. */
  @Nullable Call nextWatched;

  /** How many of those there are, this one included. */
  int watched;

  /** Takes the place of the state, instead of what an action makes of it; null for an action. */
  @Nullable Replacement replacement;

  /** Told of the answer, once; written before anybody else knows this call. Null for nobody. */
  @Nullable Consumer<Answer> observer;

  /** How often an activation that ended passed it on; bounds re-routing. */
  int reroutes;

  private final Executor threads;

  @SuppressWarnings("UnusedVariable") // through CLAIMED
  private volatile boolean claimed;

  /** Null: start it on a thread of its own. {@link #OPEN}: leave it here. Else: it was left. */
  @SuppressWarnings("UnusedVariable") // through CONTINUATION
  private volatile @Nullable Runnable continuation;

  /**
   * @param threads where continuations run that may block
   */
  Call(Invocation invocation, long deadline, Executor threads) {
    this.invocation = invocation;
    this.deadline = deadline;
    this.threads = threads;
  }

  // ---- continuations ----

  /**
   * What {@code thenApplyAsync} and its like use. A continuation may block, so it must not run
   * where the answer is given: its actor, or other answers, would wait for it. An activation that
   * has nothing else to do lends it the thread that it gives up anyway.
   */
  @Override
  public Executor defaultExecutor() {
    return this::start;
  }

  private void start(Runnable task) {
    if (!CONTINUATION.compareAndSet(this, OPEN, task)) {
      threads.execute(task);
    }
  }

  /** From now to {@link #takeContinuation} a continuation is left here instead of started. */
  void keepContinuation() {
    continuation = OPEN;
  }

  /** What was left, for the caller to run or to start; null if nothing was. */
  @Nullable Runnable takeContinuation() {
    Runnable left = (Runnable) CONTINUATION.getAndSet(this, null);
    return left == OPEN ? null : left;
  }

  // ---- claims and answers ----

  /** True for the one who may run it, or may say that it will never run. */
  boolean claim() {
    return CLAIMED.compareAndSet(this, false, true);
  }

  /** Whoever claimed it surely has not run it. */
  void unclaim() {
    claimed = false;
  }

  /** False while it waits in a mailbox. */
  boolean isRun() {
    return claimed;
  }

  boolean isOverdue(long now) {
    return deadline != Invocation.NO_DEADLINE && deadline - now <= 0;
  }

  /** A field and not a stage: an observed call costs little more than another. */
  @Override
  public boolean complete(Answer answer) {
    boolean first = super.complete(answer);
    Consumer<Answer> told = observer;
    if (first && told != null) {
      GuardedListener.tell(told, answer);
    }
    return first;
  }

  void fail(Failure failure) {
    complete(Answer.failed(failure));
  }

  /** Answers with the truth about a call that can wait no longer. */
  void expire(FailureCode code, String why) {
    Execution execution = claim() ? Execution.NOT_EXECUTED : Execution.UNKNOWN;
    continuation = null; // the turn may run for a long time yet; nobody waits for its thread
    fail(new Failure(code, why, execution, null));
  }
}
