package org.spawnmesh.runtime;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Durability;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.PayloadEncodingException;
import org.spawnmesh.actor.ReminderOrder;
import org.spawnmesh.cluster.Gate;
import org.spawnmesh.store.Change;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.KeptReply;
import org.spawnmesh.store.Reminder;
import org.spawnmesh.store.ReminderChange;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.StoreException;
import org.spawnmesh.store.UnreadableStateException;
import org.spawnmesh.time.Timers.Timer;

/**
 * An actor in memory: one turn at a time on what is in its {@link Mailbox}. Stop 4 of an
 * invocation's way.
 *
 * <pre>
 * Loading ──loaded, init ran──► Active ──idle, drain, asked──► Closed   (only when nothing is unsaved)
 *    │                             └──── commit failed, fenced ──► Closed   (what waits is re-routed)
 *    └── not loaded: what waits is told ───────────────────────────►┘
 * accepts: Loading = hold · Active = run · Closed = refuse, so the sender looks for another
 * </pre>
 *
 * <p>What is not durable yet is guarded by the activation's monitor, which the writer takes too;
 * see {@link ChangeSet}.
 *
 * <p>There may be a million of these in a node: a field here is eight megabytes there.
 */
final class Activation extends Mailbox implements Runnable {

  /** What became of a call that was offered. */
  enum Offer {
    ACCEPTED,
    FULL,
    CLOSED
  }

  private static final Logger log = LoggerFactory.getLogger(Activation.class);

  /** Turns in one go, before other activations get the thread. */
  private static final int BURST = 64;

  final ActorId id;
  private final HostedType type;
  final Gate gate;
  private final Activations activations;

  /** Null while loading. Written by whoever runs; read by reentrant actions and the curious. */
  private volatile @Nullable Held held;

  /** The last change set that is not durable; guarded by this monitor, read without as a hint. */
  private volatile @Nullable ChangeSet unsettled;

  /** Why this activation must end: it holds changes that will never be durable. */
  private volatile @Nullable Failure doomed;

  /** Too many answers wait for the disk; {@link #settle} resumes. Guarded by this monitor. */
  private boolean stalled;

  private volatile long lastUsed;

  /** What came once and was applied; null until something does. Belongs to whoever runs. */
  private @Nullable Applied applied;

  /** Null if the type has none. */
  private @Nullable List<Timer> timers;

  /**
   * @param gate has let it in; told when it is closed
   */
  Activation(ActorId id, HostedType type, Gate gate, Activations activations) {
    this.id = id;
    this.type = type;
    this.gate = gate;
    this.activations = activations;
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
    return held != null
        && unsettled == null
        && doomed == null
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
    if (held == null && !load()) {
      return;
    }
    int handled = 0;
    Runnable continuation = null;
    while (handled < BURST) {
      if (doomed != null) {
        start(continuation);
        end(handled, null, PassivationReason.ABANDONED);
        return;
      }
      if (unsettled != null && stall(handled)) {
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

  /** Is it to end as soon as it has nothing to do? */
  private boolean isLeaving() {
    return gate.isClosing() || activations.isDraining();
  }

  PassivationReason leaving() {
    return gate.isClosing() ? PassivationReason.MOVED : PassivationReason.DRAIN;
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
    Held before = held;
    if (before == null) {
      throw new IllegalStateException("A turn on an activation that is not loaded");
    }
    boolean linearizable = type.definition().linearizable();
    Incarnation as = linearizable ? activations.incarnation() : null;
    if (as != null && doomed != null) { // looked at after the incarnation: it may be a later one
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
    Held before = held;
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
      depart(call, enclosing == null ? decision : enclosing.decision(), enclosing, reply);
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

  /**
   * The reminder as it is after all turns so far, durable or not; null if there is none. For
   * whoever runs; may block.
   */
  @Nullable Reminder reminder(String name) {
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

  Activations activations() {
    return activations;
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
    Held before = held;
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

  /**
   * Lets the turn's answer leave now, or makes it wait for the state that it saw.
   *
   * @param enclosing what becomes durable with it; null if nothing else does
   * @param reply what is remembered of it
   */
  private void depart(
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
      return;
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
    if (reply != null && applied != null && failure == null) {
      applied.add(reply, unsettled == null);
    }
    if (failure != null) {
      refuse(call, failure);
    } else if (submit != null) {
      activations.submit(submit);
    } else if (!waits) {
      if (parked != null && type.hosting().durability() instanceof Durability.Snapshot snapshot) {
        activations.saveLater(this, snapshot);
      }
      activations.release(call, decision);
    }
  }

  /** Ends an accepted call without a turn. */
  private void refuse(Call call, Failure failure) {
    activations.release(call, Decision.failed(failure));
  }

  /**
   * True if too many answers wait for the disk; then {@link #settle} starts the next turn. Calls
   * stay counted, so nobody else does; those that are handled are counted off before {@code
   * stalled} is seen, because from then on this thread is not the one that runs.
   */
  private synchronized boolean stall(int handled) {
    ChangeSet set = unsettled;
    if (set == null || set.waiting() < activations.settings.mailboxLimit() || isEmpty()) {
      return false;
    }
    handled(handled);
    stalled = true;
    return true;
  }

  // ---- life cycle: whoever runs ----

  /** Reads the state and runs the init action; false if that failed and the activation ended. */
  private boolean load() {
    Held loaded;
    List<Reminder> reminders = List.of();
    try {
      loaded = read();
      if (!type.definition().reminders().isEmpty()) {
        reminders = activations.store.agenda().reminders(id);
      }
    } catch (UnreadableStateException e) {
      Failure failure =
          Failure.notExecuted(
              FailureCode.STATE_UNREADABLE,
              "The stored state of %s cannot be read: %s".formatted(id, e.getMessage()));
      quarantine(failure);
      end(0, failure, PassivationReason.ABANDONED);
      return false;
    } catch (StoreException e) {
      end(
          0,
          Failure.notExecuted(
                  FailureCode.STORE_UNAVAILABLE,
                  "The state of %s cannot be loaded: %s".formatted(id, e.getMessage()))
              .retryAfter(activations.settings.retryAfter()),
          PassivationReason.ABANDONED);
      return false;
    } catch (RuntimeException | Error e) {
      log.error("Loading {} failed unexpectedly", id, e);
      end(
          0,
          Failure.notExecuted(
              FailureCode.STORE_UNAVAILABLE,
              "The state of %s cannot be loaded: %s".formatted(id, e)),
          PassivationReason.ABANDONED);
      return false;
    }
    held = loaded;
    activations.listener.activated(id);
    String init = type.definition().initAction();
    if (init != null) {
      Failure failed = init(init, loaded);
      Thread.interrupted(); // as after a turn
      if (failed != null) {
        end(0, failed, PassivationReason.ABANDONED);
        return false;
      }
    }
    if (!type.definition().reminders().isEmpty()) {
      plan(reminders);
    }
    timers = activations.startTimers(this, type.definition());
    return true;
  }

  private Held read() {
    ActorDefinition definition = type.definition();
    Snapshot warm = gate.takeWarm(id.name());
    if (warm != null) {
      return new Held(warm.state(), warm.tags(), warm.revision());
    }
    Snapshot snapshot = definition.stateful() ? activations.store.load(id).orElse(null) : null;
    if (snapshot != null) {
      return new Held(snapshot.state(), snapshot.tags(), snapshot.revision());
    }
    Payload initial = definition.initialState();
    return initial == null && definition.initialTags().isEmpty()
        ? Held.NOTHING
        : new Held(initial, definition.initialTags(), Snapshot.NEVER_SAVED);
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
  private Call ownCall(String action) {
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
    boolean wasActive = held != null;
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
    Held last = held;
    gate.exit(
        last == null || reason == PassivationReason.ABANDONED
            ? null
            : new Snapshot(id, last.revision(), last.state(), last.tags()));
    activations.activationClosed();
  }

  /**
   * Ends this activation if it has nothing to do; saves first what is unsaved and then takes
   * another call of this method.
   *
   * @return true if it is closed now
   */
  boolean passivate(PassivationReason reason) {
    if (!reserve()) {
      return isClosed();
    }
    if (doomed != null) {
      end(1, null, PassivationReason.ABANDONED);
      return true;
    }
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
    if (clean && closeIfIdle()) {
      type.forget(this);
      closed(held != null, reason);
      return true;
    }
    if (goesOn(1)) {
      activations.turns.execute(this);
      return false;
    }
    // settled before this call was counted off: whoever settled it could not close, so try again
    return !clean && unsettled == null && passivate(reason);
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

  /** Ends as soon as it can, so that the next call loads what is stored. Any thread. */
  void reload(Failure why) {
    synchronized (this) {
      if (unsettled == null && doomed == null) {
        doomed = why;
      }
    }
    passivate(PassivationReason.REQUESTED);
  }

  /** Saves what {@link Durability.Snapshot} has left unsaved; any thread. */
  void save() {
    ChangeSet unsaved;
    synchronized (this) {
      unsaved = unsettled != null && unsettled.submit() ? unsettled : null;
    }
    if (unsaved != null) {
      activations.submit(unsaved);
    }
  }

  /** The node lost its right to write: nothing unsettled will ever be durable. Any thread. */
  void abandon(Failure why) {
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
  synchronized @Nullable Change take(ChangeSet set, Instant now) {
    return doomed != null || !set.isOpen() ? null : set.take(now, type.definition().history());
  }

  /** Why {@link #take} gave nothing. */
  Failure doom() {
    Failure why = doomed;
    return why != null
        ? why
        : Failure.notExecuted(FailureCode.LOST_OWNERSHIP, "The activation of " + id + " ended");
  }

  /**
   * {@code set} is durable: what waited for it leaves, in order. Turns that come meanwhile wait
   * behind, so that no answer overtakes another.
   */
  void settle(ChangeSet set) {
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
  @Nullable Departure fail(ChangeSet set, Failure why, boolean again) {
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
  void failed() {
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

  // ---- for the curious: any thread ----

  long idleNanos(long now) {
    return mailbox() > 0 ? 0 : now - lastUsed;
  }

  HostedType type() {
    return type;
  }

  ActivationSummary summary(long now) {
    Held now0 = held;
    String phase =
        isClosed() ? "closed" : now0 == null ? "loading" : mailbox() > 0 ? "busy" : "idle";
    return new ActivationSummary(
        id,
        phase,
        mailbox(),
        now0 == null ? 0 : now0.revision(),
        java.time.Duration.ofNanos(idleNanos(now)),
        unsettled != null);
  }
}
