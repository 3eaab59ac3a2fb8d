package org.spawnmesh.actor;

/** What an action decides about a reminder of its own actor. Immutable. */
public sealed interface ReminderOrder {

  /** Names that begin so belong to the reminders that a type declares. */
  String RESERVED = "@";

  /** Unique for the actor. */
  String name();

  /** There is this reminder from now on, in place of one with the same name. */
  record Set(String name, Timing when, CatchUp catchUp, String action, Payload payload)
      implements ReminderOrder {

    public Set {
      check(name);
      if (name.startsWith(RESERVED)) {
        throw new IllegalArgumentException(
            "The reminder's name '%s' begins with '%s', as only declared ones do"
                .formatted(name, RESERVED));
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
