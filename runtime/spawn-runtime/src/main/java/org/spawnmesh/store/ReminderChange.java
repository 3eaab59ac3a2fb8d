package org.spawnmesh.store;

import org.spawnmesh.actor.ActorId;

/** What a commit does to one reminder. */
public sealed interface ReminderChange {

  ActorId actor();

  String name();

  /** It is there from now on, in place of one with the same name. */
  record Planned(Reminder reminder) implements ReminderChange {

    @Override
    public ActorId actor() {
      return reminder.actor();
    }

    @Override
    public String name() {
      return reminder.name();
    }
  }

  /** It is not there any more; nothing happens if it was not. */
  record Cancelled(ActorId actor, String name) implements ReminderChange {}
}
