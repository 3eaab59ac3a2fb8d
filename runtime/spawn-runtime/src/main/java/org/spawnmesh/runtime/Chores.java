package org.spawnmesh.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.store.DeadLetter;
import org.spawnmesh.store.OutboxEntry;
import org.spawnmesh.store.ReminderChange;
import org.spawnmesh.store.Upkeep;

/**
 * Upkeep that waits for a commit to take it along; if none comes within a moment, one is made for
 * it. Thread-safe; never blocks.
 */
final class Chores {

  private static final Duration MOMENT = Duration.ofMillis(20);

  /** After a commit that failed. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private static final int AT_ONCE = 4096;

  private final Activations activations;
  private final ConcurrentLinkedQueue<Chore> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  /**
   * One piece of upkeep.
   *
   * @param done told once: null when it is durable, else why it is not and will not be
   */
  record Chore(Upkeep upkeep, Consumer<@Nullable Failure> done) {}

  Chores(Activations activations) {
    this.activations = activations;
  }

  void add(Upkeep upkeep, Consumer<@Nullable Failure> done) {
    add(new Chore(upkeep, done), MOMENT);
  }

  private void add(Chore chore, Duration patience) {
    queue.add(chore);
    waiting.getAndIncrement();
    schedule(patience);
  }

  private void schedule(Duration patience) {
    if (scheduled.compareAndSet(false, true)) {
      activations.timers.schedule(patience, this::commit);
    }
  }

  private void commit() {
    scheduled.set(false);
    if (waiting.get() > 0) {
      activations.submit(this);
    }
  }

  boolean isEmpty() {
    return waiting.get() == 0;
  }

  /** What the next commit takes along. */
  List<Chore> take() {
    List<Chore> taken = new ArrayList<>();
    while (taken.size() < AT_ONCE) {
      Chore next = queue.poll();
      if (next == null) {
        break;
      }
      taken.add(next);
    }
    if (waiting.addAndGet(-taken.size()) > 0) {
      schedule(MOMENT);
    }
    return taken;
  }

  /** The commit surely did not happen; another may take them. */
  void putBack(List<Chore> chores) {
    chores.forEach(chore -> add(chore, PAUSE));
  }

  /** All of them as one. */
  static Upkeep upkeep(List<Chore> chores) {
    if (chores.isEmpty()) {
      return Upkeep.NONE;
    }
    List<OutboxEntry.Key> delivered = new ArrayList<>(chores.size());
    List<DeadLetter> buried = new ArrayList<>();
    List<OutboxEntry> revived = new ArrayList<>();
    List<OutboxEntry.Key> dropped = new ArrayList<>();
    List<ReminderChange> reminders = new ArrayList<>();
    for (Chore chore : chores) {
      delivered.addAll(chore.upkeep().delivered());
      buried.addAll(chore.upkeep().buried());
      revived.addAll(chore.upkeep().revived());
      dropped.addAll(chore.upkeep().dropped());
      reminders.addAll(chore.upkeep().reminders());
    }
    return new Upkeep(delivered, buried, revived, dropped, reminders);
  }
}
