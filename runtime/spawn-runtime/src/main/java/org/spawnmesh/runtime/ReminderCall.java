package org.spawnmesh.runtime;

import java.util.concurrent.Executor;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.store.Reminder;

/**
 * A reminder that was found due, on its way to its actor. It runs on this node or nowhere: whoever
 * owns the actor finds the reminder itself.
 */
final class ReminderCall extends Call {

  /** As it was stored when it was found. */
  final Reminder reminder;

  /** Which attempt of its present planned time it is, from 1. */
  final int attempt;

  ReminderCall(Reminder reminder, int attempt, Executor threads) {
    super(invocation(reminder), Invocation.NO_DEADLINE, threads);
    this.reminder = reminder;
    this.attempt = attempt;
  }

  static Invocation invocation(Reminder reminder) {
    ActorId caller = reminder.caller();
    return new Invocation(
        reminder.actor(),
        reminder.action(),
        reminder.payload(),
        Invocation.Mode.ASK,
        Invocation.NO_DEADLINE,
        caller == null ? reminder.actor() : caller,
        null,
        reminder.metadata(),
        0);
  }
}
