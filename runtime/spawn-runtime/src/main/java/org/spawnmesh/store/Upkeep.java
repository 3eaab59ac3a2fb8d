package org.spawnmesh.store;

import java.util.List;

/**
 * What a commit does to rows beside the turns of actors. Each part is safe to repeat: what is gone
 * already stays gone. Immutable; no entry is in two of the parts.
 *
 * @param delivered leave the outbox
 * @param buried leave the outbox and are kept as dead letters
 * @param revived are dead letters no more and are in the outbox again, for themselves
 * @param dropped are dead letters no more
 * @param reminders at most one for each reminder
 */
public record Upkeep(
    List<OutboxEntry.Key> delivered,
    List<DeadLetter> buried,
    List<OutboxEntry> revived,
    List<OutboxEntry.Key> dropped,
    List<ReminderChange> reminders) {

  public static final Upkeep NONE =
      new Upkeep(List.of(), List.of(), List.of(), List.of(), List.of());

  public Upkeep {
    delivered = List.copyOf(delivered);
    buried = List.copyOf(buried);
    revived = List.copyOf(revived);
    dropped = List.copyOf(dropped);
    reminders = List.copyOf(reminders);
  }

  public static Upkeep delivered(List<OutboxEntry.Key> keys) {
    return new Upkeep(keys, List.of(), List.of(), List.of(), List.of());
  }

  public static Upkeep buried(List<DeadLetter> letters) {
    return new Upkeep(List.of(), letters, List.of(), List.of(), List.of());
  }

  public static Upkeep revived(List<OutboxEntry> entries) {
    return new Upkeep(List.of(), List.of(), entries, List.of(), List.of());
  }

  public static Upkeep dropped(List<OutboxEntry.Key> keys) {
    return new Upkeep(List.of(), List.of(), List.of(), keys, List.of());
  }

  public static Upkeep reminders(List<ReminderChange> changes) {
    return new Upkeep(List.of(), List.of(), List.of(), List.of(), changes);
  }

  public boolean isEmpty() {
    return size() == 0;
  }

  /** How many rows it is about. */
  public int size() {
    return delivered.size() + buried.size() + revived.size() + dropped.size() + reminders.size();
  }
}
