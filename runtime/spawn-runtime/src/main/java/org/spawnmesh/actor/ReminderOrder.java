package org.spawnmesh.actor;

/** What an action decides about a reminder of its own actor. Immutable. */
public sealed interface ReminderOrder {

  /** Names that begin so belong to the reminders that a type declares. */
  String RESERVED = "@";

  /**
   * The action by which anybody ends a reminder of an actor, whatever the actor declares. Its
   * payload is the reminder's name in UTF-8; it answers with a payload if there was one.
   */
  String CANCELLING = "@cancel-reminder";

  /** Unique for the actor. */
  String name();

  /** There is this reminder from now on, in place of one with the same name. */
  record Set(String name, Timing when, CatchUp catchUp, String action, Payload payload)
      implements ReminderOrder {

    public Set {
      check(name);
      if (name.startsWith(RESERVED) || name.startsWith("~")) {
        throw new IllegalArgumentException(
            "The reminder's name '%s' begins with '%s', as only the engine's own do"
                .formatted(name, name.charAt(0)));
      }
    }
  }

  /** There is no such reminder any more; nothing happens if there was none. */
  record Cancel(String name) implements ReminderOrder {

    public Cancel {
      check(name);
    }
  }

  private static void check(String name) {
    Names.check("reminder", name, 200);
  }
}
