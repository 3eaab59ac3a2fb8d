package org.spawnmesh.runtime;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Once;
import org.spawnmesh.store.DeadLetter;
import org.spawnmesh.store.OutboxEntry;
import org.spawnmesh.store.StoreException;
import org.spawnmesh.store.Upkeep;

/**
 * What one actor has sent and is not delivered: the part that is in memory, by target. What it
 * holds is bounded by number and by bytes; the rest stays in the store and is read when there is
 * room. Thread-safe: guarded by its monitor, which is never held while somebody else is called.
 */
final class Sender {

  private static final Logger log = LoggerFactory.getLogger(Sender.class);

  /** In memory of one sender; a single entry may be larger. */
  private static final int ENTRIES = 256;

  private static final long BYTES = 8 << 20;

  /** What a sender may have in memory in any case, so that it goes on. */
  private static final int A_FEW = 4;

  private static final long A_FEW_BYTES = 64 << 10;

  final ActorId id;

  private final Deliveries deliveries;
  private final Activations activations;
  private final Room room;
  private final Map<Object, Lane> lanes = new HashMap<>();

  /** Entries in memory, sent or not. */
  private int held;

  private long heldBytes;

  /** Delivered, and still in the outbox. */
  private int leaving;

  /** The last entry that was in memory. */
  private long last;

  /** There may be more in the store, after {@link #last}. */
  private boolean behind;

  /** Entries at or before {@link #last} may have come back to the store. */
  private boolean revived;

  private boolean reading;

  /** Set once; who finds it so makes another. */
  private volatile boolean ended;

  /**
   * @param behind there may be something in the store that must leave before what comes now
   */
  Sender(Deliveries deliveries, Activations activations, Room room, ActorId id, boolean behind) {
    this.deliveries = deliveries;
    this.activations = activations;
    this.room = room;
    this.id = id;
    this.behind = behind;
    this.revived = behind;
  }

  boolean hasEnded() {
    return ended;
  }

  /** False if this one has ended, and another has to take them. */
  boolean take(List<OutboxEntry> entries) {
    List<Lane> ready = new ArrayList<>();
    synchronized (this) {
      if (ended) {
        return false;
      }
      for (OutboxEntry entry : entries) {
        if (behind || reading || isFull()) {
          behind = true;
        } else {
          add(entry, ready);
        }
      }
    }
    ready.forEach(this::send);
    read();
    return true;
  }

  /** As {@link #take}, of what may have come into the store otherwise. */
  boolean lookAgain() {
    synchronized (this) {
      if (ended) {
        return false;
      }
      behind = true;
      revived = true;
    }
    read();
    return true;
  }

  private boolean isFull() {
    return held >= ENTRIES || heldBytes >= BYTES || room.isFull();
  }

  private void add(OutboxEntry entry, List<Lane> ready) {
    Object target = entry.ordered() ? entry.target() : entry.key();
    Lane lane = lanes.get(target);
    if (lane != null && lane.holds(entry.key())) {
      return;
    }
    if (lane == null) {
      lane = new Lane(target);
      lanes.put(target, lane);
      ready.add(lane);
    }
    lane.entries.add(entry);
    last = Math.max(last, entry.sequence());
    held++;
    heldBytes += Room.sizeOf(entry);
    room.take(entry);
  }

  /** Reads on in the store if there is something and room for it. */
  private void read() {
    synchronized (this) {
      boolean enough = held > ENTRIES / 2 || heldBytes > BYTES / 2 || (held > 0 && isFull());
      if (ended || reading || !behind || enough) {
        return;
      }
      reading = true;
      behind = false;
    }
    activations.turns.execute(this::readOn);
  }

  private void readOn() {
    long after;
    boolean full;
    synchronized (this) {
      full = isFull();
      // entries that are being delivered are in their lanes, or on their way out of the store
      after = revived ? 0 : last;
      revived = false;
    }
    List<OutboxEntry> page = List.of();
    boolean failed = false;
    try {
      if (deliveries.isHere(id)) {
        page =
            activations
                .store
                .agenda()
                .outbox(id, after, full ? A_FEW : ENTRIES, full ? A_FEW_BYTES : BYTES);
      } else {
        deliveries.forget(id);
      }
    } catch (StoreException e) {
      log.warn("What {} has sent cannot be read now: {}", id, e.getMessage());
      failed = true;
    }
    List<Lane> ready = new ArrayList<>();
    synchronized (this) {
      reading = false;
      if (failed) {
        behind = true;
        revived = after == 0;
      } else if (!ended) {
        page.forEach(entry -> add(entry, ready));
        behind |= !page.isEmpty();
      }
    }
    if (failed) {
      activations.timers.schedule(activations.settings.retryAfter(), this::read);
      return;
    }
    ready.forEach(this::send);
    read();
    endIfDone();
  }

  /** Sends a lane's first entry. */
  private void send(Lane lane) {
    OutboxEntry entry;
    synchronized (this) {
      entry = lane.entries.peek();
    }
    if (entry == null || ended) {
      return;
    }
    if (!deliveries.isHere(id)) {
      deliveries.forget(id);
      return;
    }
    Invocation invocation =
        new Invocation(
            entry.target(),
            entry.action(),
            entry.payload(),
            Invocation.Mode.ASK,
            Invocation.NO_DEADLINE,
            id,
            null,
            entry.metadata(),
            0,
            once(entry));
    try {
      activations.ask(invocation).thenAccept(answer -> answered(lane, entry, answer));
    } catch (RuntimeException | Error e) { // whoever has settled it has other things to do
      log.error("{} could not be sent; it is sent again", invocation, e);
      activations.timers.schedule(Lane.LAST_RETRY, () -> send(lane));
    }
  }

  private Once once(OutboxEntry entry) {
    return entry.ordered() ? Once.from(id, entry.sequence()) : Once.alone(id, entry.sequence());
  }

  private void answered(Lane lane, OutboxEntry entry, Answer answer) {
    if (ended) {
      return; // whoever delivers it now notices that it was applied
    }
    if (!(answer instanceof Answer.Failed failed)) {
      delivered(lane, entry);
      return;
    }
    Failure why = failed.failure();
    lane.failed(why);
    if (!Lane.isHopeless(why) && lane.attempts() < activations.settings.deliveryAttempts()) {
      activations.timers.schedule(lane.pause(), () -> send(lane));
    } else if (lane.isUnsure()) {
      activations.turns.execute(() -> giveUpUnsure(lane, entry, why));
    } else {
      giveUp(lane, entry, why);
    }
  }

  private void delivered(Lane lane, OutboxEntry entry) {
    synchronized (this) {
      leaving++;
    }
    activations.chores.add(Upkeep.delivered(List.of(entry.key())), this::left);
    settled(lane);
  }

  /** Nobody has said whether it was applied; what the target has made durable does. */
  private void giveUpUnsure(Lane lane, OutboxEntry entry, Failure why) {
    Once once = once(entry);
    boolean applied;
    try {
      applied =
          activations
              .store
              .agenda()
              .reply(entry.target(), once.source())
              .filter(kept -> kept.number() >= once.number())
              .isPresent();
    } catch (StoreException e) {
      log.warn("Whether {} was applied cannot be looked up now: {}", entry.key(), e.getMessage());
      activations.timers.schedule(Lane.LAST_RETRY, () -> send(lane));
      return;
    }
    if (applied) {
      delivered(lane, entry);
    } else {
      giveUp(
          lane, entry, new Failure(why.code(), why.message(), Execution.UNKNOWN, why.retryAfter()));
    }
  }

  private void giveUp(Lane lane, OutboxEntry entry, Failure why) {
    if (!deliveries.isHere(id)) {
      deliveries.forget(id);
      return;
    }
    log.warn(
        "{} of {} to {}.{} is a dead letter after {} attempts: {}",
        entry.key(),
        id,
        entry.target(),
        entry.action(),
        lane.attempts(),
        why);
    activations.listener.deadLetter(entry, why);
    DeadLetter letter =
        new DeadLetter(
            entry,
            new Failure(why.code(), why.message(), why.execution(), null),
            lane.attempts(),
            activations.clock.instant());
    // the next one must not be applied before it is certain that this one is kept: its target
    // would take this one for applied, too, if it came once more
    activations.chores.add(Upkeep.buried(List.of(letter)), failure -> buried(lane, failure));
  }

  private void buried(Lane lane, @Nullable Failure failure) {
    if (failure != null) {
      activations.timers.schedule(Lane.LAST_RETRY, () -> send(lane));
      return;
    }
    settled(lane);
    endIfDone();
  }

  /** The lane's first entry is done with, and the next one may be sent. */
  private void settled(Lane lane) {
    long size;
    synchronized (this) {
      if (ended) {
        return;
      }
      size = Room.sizeOf(lane.entries.element());
      lane.next();
      held--;
      heldBytes -= size;
      if (lane.entries.isEmpty()) {
        lanes.remove(lane.target);
      }
    }
    room.free(1, size);
    send(lane);
    read();
  }

  /** It is out of the outbox, or it could not be taken out and is sent once more some day. */
  private void left(@Nullable Failure failure) {
    synchronized (this) {
      leaving--;
    }
    endIfDone();
  }

  private void endIfDone() {
    deliveries.endIfDone(this);
  }

  /** Ends it if it has nothing left to do. */
  synchronized boolean endsNow() {
    ended |= held == 0 && leaving == 0 && !behind && !reading;
    return ended;
  }

  /** Forgets everything; the store has it. */
  synchronized void end() {
    ended = true;
    room.free(held, heldBytes);
    held = 0;
    heldBytes = 0;
    lanes.clear();
  }
}
