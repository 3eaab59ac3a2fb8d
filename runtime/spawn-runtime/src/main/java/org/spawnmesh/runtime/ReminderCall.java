package org.spawnmesh.runtime;

import java.util.concurrent.Executor;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.store.Alarm;

/**
 * A reminder that was found due, on its way to its actor. It runs on this node or nowhere: whoever
 * owns the actor finds the reminder itself.
 */
final class ReminderCall extends Call {

  /** As it was when it was found. */
  final Alarm alarm;

  /** Which attempt of its present planned time it is, from 1. */
  final int attempt;

  ReminderCall(Alarm alarm, int attempt, Executor threads) {
    super(invocation(alarm, Payload.NONE), Invocation.NO_DEADLINE, threads);
    this.alarm = alarm;
    this.attempt = attempt;
  }

  String name() {
    return alarm.key().name();
  }

  static Invocation invocation(Alarm alarm, Payload payload) {
    ActorId caller = alarm.caller();
    return new Invocation(
        alarm.actor(),
        alarm.action(),
        payload,
        Invocation.Mode.ASK,
        Invocation.NO_DEADLINE,
        caller == null ? alarm.actor() : caller,
        null,
        alarm.metadata(),
        0);
  }
}
