package org.spawnmesh.runtime;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.CatchUp;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.store.Alarm;
import org.spawnmesh.store.DeadLetter;
import org.spawnmesh.store.OutboxEntry;
import org.spawnmesh.store.Reminder;
import org.spawnmesh.store.ReminderChange;
import org.spawnmesh.store.StoreException;
import org.spawnmesh.store.Upkeep;

/**
 * The turn of an actor that is reminded. What the reminder says now counts, not what it said when
 * it was found: so a time is kept once, whoever finds it how often. It moves on to its next time in
 * the commit of this turn. Runs on the activation's thread; may block.
 */
record ReminderTurn(Activation activation, Hosting hosting, ReminderCall call, Held before) {

  /** In the metadata of a reminder's call: its name. */
  private static final String NAME = "spawn-reminder";

  private static final Logger log = LoggerFactory.getLogger(ReminderTurn.class);

  /** How often one planned time is tried before it is a dead letter. */
  static final int ATTEMPTS = 5;

  Decision run() {
    Activations activations = activation.activations;
    Reminder reminder;
    try {
      reminder = activation.reminder(call.name());
    } catch (StoreException e) {
      return unreadable(call.invocation, e);
    }
    Instant now = activations.clock.instant();
    if (reminder == null || reminder.due().isAfter(now)) {
      return Decision.answer(Answer.EMPTY); // somebody has moved it on since it was found
    }
    Tick tick =
        Tick.of(
            activations.reminders.schedule(reminder),
            CatchUp.parse(reminder.catchUp()),
            reminder.due(),
            now,
            activations.settings.reminderGrace());
    ReminderChange after = ReminderPlans.after(reminder, tick.next());
    if (tick.fires() == null) {
      return Decision.answer(Answer.EMPTY).with(after);
    }
    call.invocation = ReminderCall.invocation(Alarm.of(reminder), reminder.payload());
    CallTracer.Step step = activations.begin(call);
    Invocation invocation = invocation(reminder, tick.fires());
    Call action = new Call(invocation, Invocation.NO_DEADLINE, activations.turns);
    Decision decision =
        new Turn(hosting, action, before).run(activations.settings.stateLimit(), activations.clock);
    if (step != null) {
      step.ended(decision.answer());
    }
    if (!(decision.answer() instanceof Answer.Failed failed)) {
      activations.listener.reminded(reminder, Duration.between(tick.fires(), now));
      return decision.with(after);
    }
    Failure why = failed.failure();
    if (why.execution() == Execution.NOT_EXECUTED) {
      return decision;
    }
    activations.listener.reminderFailed(reminder, why);
    if (call.attempt < ATTEMPTS) {
      return decision;
    }
    bury(invocation, why);
    return decision.with(after);
  }

  /**
   * The time is over for the reminder, which goes on. Before the turn is committed, so that nothing
   * can come between that loses it; it may be buried twice.
   */
  private void bury(Invocation invocation, Failure why) {
    Activations activations = activation.activations;
    OutboxEntry entry =
        new OutboxEntry(
            new OutboxEntry.Key(
                invocation.actor(), Enclosing.lastSequence(before.counted().revision())),
            false,
            invocation.actor(),
            invocation.action(),
            invocation.payload(),
            invocation.metadata());
    log.warn(
        "The reminder '{}' of {} failed {} times and goes on; {} is a dead letter: {}",
        call.name(),
        invocation.actor().shortName(),
        call.attempt,
        entry.key(),
        why);
    activations.listener.deadLetter(entry, why);
    Failure reason = new Failure(why.code(), why.message(), why.execution(), null);
    Instant now = activations.clock.instant();
    activations.chores.add(
        Upkeep.buried(List.of(new DeadLetter(entry, reason, call.attempt, now))), failure -> {});
  }

  private Invocation invocation(Reminder reminder, Instant fires) {
    Map<String, String> metadata = new HashMap<>(call.invocation.metadata());
    metadata.put(NAME, reminder.name());
    metadata.put(HostCall.PLANNED, fires.toString());
    return call.invocation.withMetadata(metadata);
  }

  /** Answers with a payload if there was such a reminder. */
  static Decision cancel(Activation activation, Invocation invocation) {
    String name = new String(invocation.payload().bytes(), StandardCharsets.UTF_8);
    @Nullable Reminder reminder;
    try {
      reminder = activation.reminder(name);
    } catch (StoreException e) {
      return unreadable(invocation, e);
    }
    return reminder == null
        ? Decision.answer(Answer.EMPTY)
        : Decision.answer(Answer.of(invocation.payload()))
            .with(new ReminderChange.Cancelled(invocation.actor(), name));
  }

  private static Decision unreadable(Invocation invocation, StoreException e) {
    return Decision.failed(
        Failure.notExecuted(
            FailureCode.STORE_UNAVAILABLE,
            "%s was not run: its reminder cannot be read: %s"
                .formatted(invocation, e.getMessage())));
  }
}
