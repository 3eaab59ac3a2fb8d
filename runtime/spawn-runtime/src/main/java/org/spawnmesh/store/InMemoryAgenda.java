package org.spawnmesh.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;

/** The agenda of an {@link InMemoryStateStore}, which holds the lock whenever it writes. */
final class InMemoryAgenda implements Agenda {

  private static final Comparator<ActorId> BY_NAME =
      Comparator.<ActorId, String>comparing(actor -> actor.type().toString())
          .thenComparing(ActorId::name);

  private record Planned(Instant due, ActorId actor, String name) {}

  private static final Comparator<Planned> BY_TIME =
      Comparator.comparing(Planned::due)
          .thenComparing(planned -> planned.actor().name())
          .thenComparing(Planned::name);

  private final ReentrantLock lock;
  private final NavigableMap<ActorId, NavigableMap<Long, OutboxEntry>> outbox =
      new TreeMap<>(BY_NAME);
  private final Map<ActorId, NavigableMap<Long, DeadLetter>> deadLetters = new HashMap<>();
  private final Map<ActorId, Map<String, KeptReply>> replies = new HashMap<>();
  private final Map<ActorId, NavigableMap<String, Reminder>> reminders = new HashMap<>();
  private final Map<ActorType, NavigableMap<Planned, Reminder>> due = new HashMap<>();

  InMemoryAgenda(ReentrantLock lock) {
    this.lock = lock;
  }

  // Written with the lock held

  void write(Enclosure enclosure) {
    enclosure.sent().forEach(this::add);
    for (KeptReply reply : enclosure.replies()) {
      replies.computeIfAbsent(reply.actor(), a -> new HashMap<>()).put(reply.source(), reply);
    }
    enclosure.reminders().forEach(this::apply);
  }

  void write(Upkeep upkeep) {
    upkeep.delivered().forEach(key -> remove(outbox, key));
    for (DeadLetter letter : upkeep.buried()) {
      remove(outbox, letter.entry().key());
      deadLetters
          .computeIfAbsent(letter.entry().sender(), a -> new TreeMap<>())
          .put(letter.entry().sequence(), letter);
    }
    for (OutboxEntry entry : upkeep.revived()) {
      remove(deadLetters, entry.key());
      add(entry.unordered());
    }
    upkeep.dropped().forEach(key -> remove(deadLetters, key));
    upkeep.reminders().forEach(this::apply);
  }

  private void add(OutboxEntry entry) {
    outbox.computeIfAbsent(entry.sender(), a -> new TreeMap<>()).put(entry.sequence(), entry);
  }

  private static <T> void remove(Map<ActorId, NavigableMap<Long, T>> entries, OutboxEntry.Key key) {
    NavigableMap<Long, T> own = entries.get(key.sender());
    if (own != null && own.remove(key.sequence()) != null && own.isEmpty()) {
      entries.remove(key.sender());
    }
  }

  private void apply(ReminderChange change) {
    NavigableMap<String, Reminder> own =
        reminders.computeIfAbsent(change.actor(), a -> new TreeMap<>());
    NavigableMap<Planned, Reminder> planned =
        due.computeIfAbsent(change.actor().type(), t -> new TreeMap<>(BY_TIME));
    Reminder before = own.remove(change.name());
    if (before != null) {
      planned.remove(new Planned(before.due(), before.actor(), before.name()));
    }
    if (change instanceof ReminderChange.Planned now) {
      own.put(now.name(), now.reminder());
      planned.put(new Planned(now.reminder().due(), now.actor(), now.name()), now.reminder());
    }
  }

  // Read

  private <T> T locked(Supplier<T> read) {
    lock.lock();
    try {
      return read.get();
    } finally {
      lock.unlock();
    }
  }

  private <T> List<T> page(Supplier<Stream<T>> all, int limit) {
    return locked(() -> all.get().limit(limit).toList());
  }

  @Override
  public List<ActorId> senders(ActorType type, String after, int limit) {
    return page(
        () ->
            outbox.keySet().stream()
                .filter(actor -> actor.type().equals(type) && actor.name().compareTo(after) > 0),
        limit);
  }

  @Override
  public List<OutboxEntry> outbox(ActorId sender, long after, int limit, long bytes) {
    return locked(
        () -> {
          List<OutboxEntry> page = new ArrayList<>();
          long left = bytes;
          for (OutboxEntry entry :
              outbox.getOrDefault(sender, new TreeMap<>()).tailMap(after, false).values()) {
            left -= entry.payload().bytes().length;
            if (page.size() >= limit || (left < 0 && !page.isEmpty())) {
              break;
            }
            page.add(entry);
          }
          return page;
        });
  }

  @Override
  public List<DeadLetter> deadLetters(ActorId sender, long after, int limit) {
    return page(
        () ->
            deadLetters
                .getOrDefault(sender, new TreeMap<>())
                .tailMap(after, false)
                .values()
                .stream(),
        limit);
  }

  private static <T> Stream<T> ofType(
      Map<ActorId, ? extends NavigableMap<?, T>> all, ActorType type, String prefix) {
    return all.entrySet().stream()
        .filter(own -> own.getKey().type().equals(type) && own.getKey().name().startsWith(prefix))
        .sorted(Map.Entry.comparingByKey(BY_NAME))
        .flatMap(own -> own.getValue().values().stream());
  }

  private static final Comparator<OutboxEntry.Key> BY_SENDER =
      Comparator.comparing(OutboxEntry.Key::sender, BY_NAME)
          .thenComparing(OutboxEntry.Key::sequence);

  @Override
  public List<DeadLetter> deadLetters(
      ActorType type, String prefix, OutboxEntry.@Nullable Key after, int limit) {
    return page(
        () ->
            ofType(deadLetters, type, prefix)
                .filter(
                    letter -> after == null || BY_SENDER.compare(letter.entry().key(), after) > 0),
        limit);
  }

  @Override
  public long countDeadLetters(ActorType type) {
    return locked(
        () ->
            deadLetters.entrySet().stream()
                .filter(entry -> entry.getKey().type().equals(type))
                .mapToLong(entry -> entry.getValue().size())
                .sum());
  }

  @Override
  public Optional<KeptReply> reply(ActorId actor, String source) {
    return locked(() -> Optional.ofNullable(replies.getOrDefault(actor, Map.of()).get(source)));
  }

  @Override
  public List<KeptReply> replies(ActorId actor, int limit) {
    Comparator<KeptReply> longest = Comparator.comparing(KeptReply::until).reversed();
    return page(
        () -> replies.getOrDefault(actor, Map.of()).values().stream().sorted(longest), limit);
  }

  @Override
  public int forget(Instant now, int limit) {
    return locked(
        () -> {
          List<KeptReply> old =
              replies.values().stream()
                  .flatMap(own -> own.values().stream())
                  .filter(reply -> !reply.until().isAfter(now))
                  .limit(limit)
                  .toList();
          for (KeptReply reply : old) {
            Map<String, KeptReply> own = replies.getOrDefault(reply.actor(), Map.of());
            own.remove(reply.source());
            if (own.isEmpty()) {
              replies.remove(reply.actor());
            }
          }
          return old.size();
        });
  }

  @Override
  public List<Reminder> reminders(ActorId actor) {
    return locked(() -> new ArrayList<>(reminders.getOrDefault(actor, new TreeMap<>()).values()));
  }

  private static final Comparator<Reminder.Key> BY_ACTOR =
      Comparator.comparing(Reminder.Key::actor, BY_NAME).thenComparing(Reminder.Key::name);

  @Override
  public List<Reminder> reminders(
      ActorType type, String prefix, Reminder.@Nullable Key after, int limit) {
    return page(
        () ->
            ofType(reminders, type, prefix)
                .filter(planned -> after == null || BY_ACTOR.compare(planned.key(), after) > 0),
        limit);
  }

  @Override
  public Optional<Reminder> reminder(ActorId actor, String name) {
    return locked(
        () -> {
          NavigableMap<String, Reminder> own = reminders.get(actor);
          return own == null ? Optional.empty() : Optional.ofNullable(own.get(name));
        });
  }

  @Override
  public List<Reminder> due(ActorType type, Slots slots, Instant until, int limit) {
    return page(() -> due(type, slots, until), limit);
  }

  @Override
  public List<Alarm> alarms(ActorType type, Slots slots, Instant until, int limit) {
    return page(() -> due(type, slots, until).map(Alarm::of), limit);
  }

  @Override
  public Optional<Instant> nextAlarm(ActorType type, Slots slots, Instant after, Instant until) {
    return locked(
        () ->
            due(type, slots, until)
                .map(Reminder::due)
                .dropWhile(time -> !time.isAfter(after))
                .findFirst());
  }

  private Stream<Reminder> due(ActorType type, Slots slots, Instant until) {
    return due.getOrDefault(type, new TreeMap<>(BY_TIME)).values().stream()
        .takeWhile(reminder -> !reminder.due().isAfter(until))
        .filter(reminder -> slots.contains(reminder.actor()));
  }
}
