package org.spawnmesh.store;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;

/**
 * What actors have yet to send, to do and to remember, as it is stored: outbox, dead letters,
 * reminders, kept replies. For reading; what changes it is a {@link Commit}.
 *
 * <p>Thread-safe; calls block. All methods throw {@link StoreUnavailableException} if the store
 * cannot answer now, and {@link UnreadableStateException} if a row cannot be read, for example
 * because it is encrypted with a key that is not in the ring.
 */
public interface Agenda {

  // The outbox

  /**
   * Actors of this type that have something in the outbox, by name; empty when there are no more.
   *
   * @param after the last name of the page before; empty for the first page
   */
  List<ActorId> senders(ActorType type, String after, int limit);

  /**
   * What this actor has in the outbox, in the order of its sequence.
   *
   * @param after the last sequence of the page before; 0 for the first page
   */
  default List<OutboxEntry> outbox(ActorId sender, long after, int limit) {
    return outbox(sender, after, limit, Long.MAX_VALUE);
  }

  /**
   * As {@link #outbox(ActorId, long, int)}, with payloads of at most {@code bytes} together, unless
   * the first alone has more. So a page may end before {@code limit}: only an empty one says that
   * nothing follows. No more than that is ever in memory here, whatever follows.
   */
  List<OutboxEntry> outbox(ActorId sender, long after, int limit, long bytes);

  // Dead letters

  /** What this actor sent and was given up, in the order of its sequence. */
  List<DeadLetter> deadLetters(ActorId sender, long after, int limit);

  /**
   * What this type's actors sent and was given up, by the name of the sender as {@link
   * StateStore#list} orders names, then by sequence. Costs what {@code limit} rows and those of one
   * actor cost, however many there are.
   *
   * @param prefix how the sender's name begins; empty for all
   * @param after the last one of the page before, of the same prefix; null for the first page
   */
  List<DeadLetter> deadLetters(
      ActorType type, String prefix, OutboxEntry.@Nullable Key after, int limit);

  /** How many dead letters there are of this type's actors. */
  long countDeadLetters(ActorType type);

  // Kept replies

  /** What this actor has applied from this source, also if it may be forgotten already. */
  Optional<KeptReply> reply(ActorId actor, String source);

  /** What this actor has applied, those first that are kept longest. */
  List<KeptReply> replies(ActorId actor, int limit);

  /**
   * Deletes kept replies that may be forgotten at {@code now}.
   *
   * @return how many; as many as {@code limit} if there may be more
   */
  int forget(Instant now, int limit);

  // Reminders

  /** This actor's reminders, by name. */
  List<Reminder> reminders(ActorId actor);

  /**
   * Reminders of this type's actors, by the actor's name as {@link StateStore#list} orders names,
   * then by their own. Costs what {@code limit} rows and those of one actor cost, however many
   * there are.
   *
   * @param prefix how the actor's name begins; empty for all
   * @param after the last one of the page before, of the same prefix; null for the first page
   */
  List<Reminder> reminders(ActorType type, String prefix, Reminder.@Nullable Key after, int limit);

  /** This actor's reminder of that name. */
  default Optional<Reminder> reminder(ActorId actor, String name) {
    return reminders(actor).stream().filter(one -> one.name().equals(name)).findFirst();
  }

  /**
   * Reminders of actors of this type and of these slots that are due at {@code until} or before,
   * those first that are due first.
   */
  List<Reminder> due(ActorType type, Slots slots, Instant until, int limit);

  /** As {@link #due}, without what the reminders carry. */
  List<Alarm> alarms(ActorType type, Slots slots, Instant until, int limit);

  /**
   * When the first of those is due that are due after {@code after}, and at {@code until} or
   * before; empty if none is.
   */
  Optional<Instant> nextAlarm(ActorType type, Slots slots, Instant after, Instant until);
}
