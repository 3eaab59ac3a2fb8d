package org.spawnmesh.runtime;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.PayloadEncodingException;
import org.spawnmesh.actor.ReminderOrder;
import org.spawnmesh.cluster.Gate;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.KeptReply;
import org.spawnmesh.store.Reminder;
import org.spawnmesh.store.ReminderChange;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.StoreException;
import org.spawnmesh.time.Timers.Timer;

/**
 * An actor in memory: one turn at a time on what is in its {@link Mailbox}; what a turn changes is
 * made durable by its {@link Settlement}. Stop 4 of an invocation's way.
 *
 * <pre>
 * Loading ──loaded, init ran──► Active ──idle, drain, asked──► Closed   (only when nothing is unsaved)
 *    │                             └──── commit failed, fenced ──► Closed   (what waits is re-routed)
 *    └── not loaded: what waits is told ───────────────────────────►┘
 * accepts: Loading = hold · Active = run · Closed = refuse, so the sender looks for another
 * </pre>
 *
 * <p>There may be a million of these in a node: a field here is eight megabytes there.
 */
final class Activation extends Settlement {

  /** What became of a call that was offered. */
  enum Offer {
    ACCEPTED,
    FULL,
    CLOSED
  }

  private static final Logger log = LoggerFactory.getLogger(Activation.class);

  /** Turns in one go, before other activations get the thread. */
  private static final int BURST = 64;

  private volatile long lastUsed;

  /** What came once and was applied; null until something does. Belongs to whoever runs. */
  private @Nullable Applied applied;

  /** Null if the type has none. */
  private @Nullable List<Timer> timers;

  /**
   * @param gate has let it in; told when it is closed
   */
  Activation(ActorId id, HostedType type, Gate gate, Activations activations) {
    super(id, type, gate, activations);
    this.lastUsed = activations.now();
  }

  // ---- the mailbox: any thread ----

  Offer offer(Call call) {
    Entry entry = enter(activations.settings.mailboxLimit());
    if (entry == Entry.FULL) {
      return Offer.FULL;
    }
    if (entry == Entry.CLOSED) {
      return Offer.CLOSED;
    }
    if (entry == Entry.FIRST && runsNobodysCode(call)) {
      runHere(call);
      return Offer.ACCEPTED;
    }
    push(call);
    if (entry == Entry.FIRST) {
      activations.turns.execute(this);
    }
    return Offer.ACCEPTED;
  }

  /** Activates without a turn: by a call that is claimed already, so that nobody runs it. */
  void wake() {
    Call none = activations.call(Invocation.tell(id, "", Payload.NONE));
    none.claim();
    offer(none);
  }

  /**
   * May the sender's own thread take this turn? It only reads a state that is here and durable, and
   * that costs less than a hand-over to another thread.
   */
  private boolean runsNobodysCode(Call call) {
    return held() != null
        && isSettled()
        && !isDoomed()
        && call.replacement == null
        && type.definition().action(call.invocation.action()) == null
        && !isCancellation(call.invocation);
  }

  // ---- turns: one thread at a time ----

  private void runHere(Call call) {
    if (call.claim()) {
      turn(call);
    }
    lastUsed = activations.now();
    release(1);
  }

  @Override
  public void run() {
    try {
      turns();
    } catch (RuntimeException | Error e) {
      // its calls stay counted: an actor whose state is in doubt takes no more turns
      log.error("{} broke the engine's rules and stands still; please report this", id, e);
      throw e;
    }
  }

  private void turns() {
    if (held() == null && !load()) {
      return;
    }
    int handled = 0;
    Runnable continuation = null;
    while (handled < BURST) {
      if (isDoomed()) {
        start(continuation);
        end(handled, null, PassivationReason.ABANDONED);
        return;
      }
      if (!isSettled() && stall(handled)) {
        start(continuation);
        return;
      }
      Call call = poll();
      if (call == null) {
        break;
      }
      start(continuation);
      handled++;
      call.keepContinuation();
      if (call.claim()) {
        turn(call);
        Thread.interrupted(); // whatever the action left behind is not for the next one
      }
      continuation = call.takeContinuation();
    }
    lastUsed = activations.now();
    release(handled);
    if (continuation != null) {
      continuation.run(); // this thread is of no use to the actor any more
    }
  }

  private void start(@Nullable Runnable continuation) {
    if (continuation != null) {
      activations.turns.execute(continuation);
    }
  }

  private void release(int handled) {
    if (goesOn(handled)) {
      activations.turns.execute(this);
    } else if (isLeaving()) {
      passivate(leaving());
    }
  }

  private void turn(Call call) {
    if (call.isOverdue(activations.now())) {
      refuse(
          call,
          Failure.notExecuted(
              FailureCode.DEADLINE_PASSED,
              call.invocation + " was still in the mailbox when its deadline passed"));
      return;
    }
    Held before = held();
    if (before == null) {
      throw new IllegalStateException("A turn on an activation that is not loaded");
    }
    boolean linearizable = type.definition().linearizable();
    Incarnation as = linearizable ? activations.incarnation() : null;
    if (as != null && isDoomed()) { // looked at after the incarnation: it may be a later one
      activations.reroute(unclaimed(call));
      return;
    }
    Decision repeated = call.invocation.once() == null ? null : repeated(call);
    Decision decision =
        repeated != null
            ? repeated
            : call instanceof ReminderCall reminder
                ? new ReminderTurn(this, type.hosting(), reminder, before).run()
                : isCancellation(call.invocation)
                    ? ReminderTurn.cancel(this, call.invocation)
                    : run(call, before);
    if (as != null && decision.next() == null && decision.answer() instanceof Answer.Ok) {
      decision = decision.confirmedAs(as);
    }
    if (decision.answer() instanceof Answer.Failed failed
        && failed.failure().code() == FailureCode.STATE_UNREADABLE) {
      quarantine(failed.failure()); // first, so that whoever hears of it can release it
    }
    if (repeated == null) {
      enclose(call, decision);
    } else {
      depart(call, decision, null, null);
    }
  }

  /** Lets a turn that has run depart with what it leaves besides its answer. */
  private void enclose(Call call, Decision turn) {
    Decision decision = activations.outgoing().announced(turn);
    Held before = held();
    if (before == null) {
      throw new IllegalStateException("A turn on an activation that is not loaded");
    }
    Enclosing enclosing =
        Enclosing.of(type.hosting(), before, call.invocation, decision, activations.clock);
    if (enclosing == null) {
      depart(call, decision, null, null);
      return;
    }
    try {
      if (!type.definition().stateful() && before.revision() == Snapshot.NEVER_SAVED) {
        // nothing of it is loaded, but what it sent and applied is counted by a revision, too
        Held counted =
            new Held(
                before.state(),
                before.tags(),
                activations.store.load(id).map(Snapshot::revision).orElse(Snapshot.NEVER_SAVED));
        enclosing =
            Enclosing.of(type.hosting(), counted, call.invocation, decision, activations.clock);
      }
      KeptReply reply =
          enclosing == null
              ? null
              : enclosing.reply(activations.clock.instant(), activations.settings.replyRetention());
      boolean taken =
          depart(call, enclosing == null ? decision : enclosing.decision(), enclosing, reply);
      if (taken && reply != null && applied != null) {
        applied.add(reply, isSettled());
      }
    } catch (StoreException e) {
      refuse(
          call,
          Failure.notExecuted(
                  FailureCode.STORE_UNAVAILABLE,
                  "What %s sent or answered could not be made durable: %s"
                      .formatted(call.invocation, e.getMessage()))
              .retryAfter(activations.settings.retryAfter()));
    }
  }

  /** What becomes of a call that must not run again; null if it is to run. */
  private @Nullable Decision repeated(Call call) {
    if (type.definition().kind() == Kind.POOLED) {
      return null; // the workers of a pool know nothing of each other
    }
    try {
      Applied own = applied;
      if (own == null) {
        own = Applied.load(activations.store.agenda(), id);
        applied = own;
      }
      return own.repeated(call.invocation);
    } catch (PayloadEncodingException e) {
      return Decision.failed(
          Failure.notExecuted(
              FailureCode.PAYLOAD_UNREADABLE,
              "The payload of %s cannot be encoded: %s"
                  .formatted(call.invocation, e.getMessage())));
    } catch (StoreException e) {
      return Decision.failed(
          Failure.notExecuted(
                  FailureCode.STORE_UNAVAILABLE,
                  "Whether %s was run before cannot be looked up: %s"
                      .formatted(call.invocation, e.getMessage()))
              .retryAfter(activations.settings.retryAfter()));
    }
  }

  private Decision run(Call call, Held before) {
    CallTracer.Step step = activations.begin(call);
    Decision decision =
        new Turn(type.hosting(), call, before)
            .run(activations.settings.stateLimit(), activations.clock);
    if (step != null) {
      step.ended(decision.answer());
    }
    return decision;
  }

  private static boolean isCancellation(Invocation invocation) {
    return invocation.action().equals(ReminderOrder.CANCELLING);
  }

  private static Call unclaimed(Call call) {
    call.unclaim();
    return call;
  }

  /**
   * Runs a reentrant action beside the turn that waits for it. It sees the state from before that
   * turn and changes nothing.
   */
  void runAside(Call call) {
    Held before = held();
    if (!call.claim()) {
      return;
    }
    if (before == null) {
      refuse(
          call,
          Failure.notExecuted(
              FailureCode.CALL_CYCLE,
              "%s cannot run while %s is being activated".formatted(call.invocation, id)));
      return;
    }
    depart(call, activations.outgoing().announced(run(call, before)), null, null);
  }

  // ---- life cycle: whoever runs ----

  /** Reads the state and runs the init action; false if that failed and the activation ended. */
  private boolean load() {
    return switch (Loading.of(id, type.definition(), gate, activations)) {
      case Loading.Loaded loaded -> begin(loaded);
      case Loading.Failed(Failure failure) -> {
        if (failure.code() == FailureCode.STATE_UNREADABLE) {
          quarantine(failure);
        }
        end(0, failure, PassivationReason.ABANDONED);
        yield false;
      }
    };
  }

  private boolean begin(Loading.Loaded loaded) {
    hold(loaded.held());
    activations.listener.activated(id);
    String init = type.definition().initAction();
    if (init != null) {
      Failure failed = init(init, loaded.held());
      Thread.interrupted(); // as after a turn
      if (failed != null) {
        end(0, failed, PassivationReason.ABANDONED);
        return false;
      }
    }
    if (!type.definition().reminders().isEmpty()) {
      plan(loaded.reminders());
    }
    timers = LocalTimer.startAll(this, type.definition());
    return true;
  }

  /** Lets the actor have the reminders that its type declares. */
  private void plan(List<Reminder> stored) {
    List<ReminderChange> changes =
        ReminderPlans.declared(type.definition(), id, stored, activations.clock.instant());
    if (!changes.isEmpty()) {
      enclose(ownCall(""), Decision.planning(changes));
    }
  }

  /** A call of the actor's own, which nobody waits for. */
  Call ownCall(String action) {
    return activations.call(
        new Invocation(
            id,
            action,
            Payload.NONE,
            Invocation.Mode.TELL,
            Invocation.NO_DEADLINE,
            id,
            null,
            Map.of(),
            0));
  }

  private @Nullable Failure init(String action, Held loaded) {
    Call call = ownCall(action);
    Decision decision = run(call, loaded);
    if (decision.answer() instanceof Answer.Failed failed) {
      Failure why = failed.failure();
      if (why.code() == FailureCode.STATE_UNREADABLE) {
        quarantine(why);
      }
      return Failure.notExecuted(
          why.code(), "%s cannot be activated: %s".formatted(id, why.message()));
    }
    enclose(call, decision);
    return null;
  }

  private void quarantine(Failure failure) {
    if (type.quarantine.putIfAbsent(id.name(), failure) == null) {
      log.error("{} is quarantined until it is released: {}", id, failure);
      activations.listener.quarantined(id, failure);
    }
  }

  /**
   * Closes for good. What waits is told {@code failure}, or finds another activation if there is
   * none.
   *
   * @param handled how many of the counted calls are answered already
   */
  private void end(int handled, @Nullable Failure failure, PassivationReason reason) {
    type.forget(this);
    boolean wasActive = held() != null;
    Call waiting = close(handled);
    while (waiting != null) {
      Call next = waiting.nextInMailbox;
      waiting.nextInMailbox = null;
      if (failure != null) {
        if (waiting.claim()) {
          refuse(waiting, failure);
        }
      } else {
        activations.reroute(waiting);
      }
      waiting = next;
    }
    closed(wasActive, reason); // last: a drain is complete only when what waited is on its way
  }

  private void closed(boolean wasActive, PassivationReason reason) {
    List<Timer> running = timers;
    if (running != null) {
      running.forEach(Timer::cancel);
    }
    if (wasActive) {
      activations.listener.passivated(id, reason);
    }
    Held last = held();
    gate.exit(
        last == null || reason == PassivationReason.ABANDONED
            ? null
            : new Snapshot(id, last.revision(), last.state(), last.tags()));
    activations.activationClosed();
  }

  @Override
  boolean passivate(PassivationReason reason) {
    if (!reserve()) {
      return isClosed();
    }
    if (isDoomed()) {
      end(1, null, PassivationReason.ABANDONED);
      return true;
    }
    boolean clean = save();
    if (clean && closeIfIdle()) {
      type.forget(this);
      closed(held() != null, reason);
      return true;
    }
    if (goesOn(1)) {
      activations.turns.execute(this);
      return false;
    }
    // settled before this call was counted off: whoever settled it could not close, so try again
    return !clean && isSettled() && passivate(reason);
  }

  /**
   * Tells what waits that it will never run. Any thread: it claims the calls and leaves them where
   * they are. One that the turn takes out meanwhile may be missed, and runs.
   */
  void refuseWaiting() {
    forEachWaiting(
        call -> {
          if (call.claim()) {
            refuse(
                call,
                Failure.notExecuted(
                    FailureCode.NODE_UNAVAILABLE,
                    call.invocation + " was not run: the node stopped before its turn"));
          }
        });
  }

  // ---- for the curious: any thread ----

  long idleNanos(long now) {
    return mailbox() > 0 ? 0 : now - lastUsed;
  }

  HostedType type() {
    return type;
  }

  ActivationSummary summary(long now) {
    Held now0 = held();
    String phase =
        isClosed() ? "closed" : now0 == null ? "loading" : mailbox() > 0 ? "busy" : "idle";
    return new ActivationSummary(
        id,
        phase,
        mailbox(),
        now0 == null ? 0 : now0.revision(),
        now0 == null ? Map.of() : now0.tags(),
        Duration.ofNanos(idleNanos(now)),
        !isSettled());
  }
}
