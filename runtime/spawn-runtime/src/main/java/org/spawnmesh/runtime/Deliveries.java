package org.spawnmesh.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Once;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.Gate;
import org.spawnmesh.cluster.Placement;
import org.spawnmesh.store.DeadLetter;
import org.spawnmesh.store.OutboxEntry;
import org.spawnmesh.store.StoreException;
import org.spawnmesh.store.Upkeep;
import org.spawnmesh.time.Timers.Timer;

/**
 * Delivers what the actors of this node have sent, as soon as it is durable, and until their
 * targets have applied it durably. What one actor sends to another arrives in its order: the next
 * message leaves when the one before is settled.
 *
 * <pre>
 * in the outbox ──sent──► at its target ──applied──► delivered, leaves the outbox
 *      ▲                       └──failed──► waits a while, is sent again
 *      │                                        └──too often──► a dead letter
 *      └────────────────────────retried by somebody─────────────────┘
 * </pre>
 *
 * <p>Memory holds a bounded part of it; the rest stays in the store and is read when there is room.
 * Leftovers of a crash, and those of actors that have moved here, are found by {@link #sweep}.
 *
 * <p>Thread-safe; only the parts that run on {@code turns} block.
 */
final class Deliveries {

  private static final Logger log = LoggerFactory.getLogger(Deliveries.class);

  /** Entries in memory, of one sender and of all. */
  private static final int OF_ONE = 256;

  private static final int OF_ALL = 16_384;

  /** What a sender may have in memory in any case, so that it goes on. */
  private static final int A_FEW = 4;

  private static final int SENDERS_AT_ONCE = 500;
  private static final int FORGOTTEN_AT_ONCE = 1_000;

  private static final Duration FIRST_RETRY = Duration.ofMillis(100);
  private static final Duration LAST_RETRY = Duration.ofSeconds(60);
  private static final Duration SWEEP = Duration.ofSeconds(10);

  /** Kept replies live for a day at least; nobody minds a little more. */
  private static final Duration FORGET = Duration.ofMinutes(10);

  private final SpawnNode node;
  private final Activations activations;
  private final Cluster cluster;
  private final Map<ActorId, Sender> senders = new ConcurrentHashMap<>();
  private final AtomicInteger inMemory = new AtomicInteger();

  /** Gates whose actors have nothing in the store that is not in memory too. */
  private final Set<Gate> swept = ConcurrentHashMap.newKeySet();

  /** Gates that have opened, and whose leftovers were not looked for yet. */
  private final Set<Gate> opened = ConcurrentHashMap.newKeySet();

  /** How often this node did not know what is its own. */
  private final AtomicInteger doubts = new AtomicInteger();

  private final AtomicBoolean sweeping = new AtomicBoolean();
  private final AtomicBoolean again = new AtomicBoolean();
  private volatile @Nullable Timer next;
  private volatile boolean running;
  private long lastForgotten;

  Deliveries(SpawnNode node, Activations activations, Cluster cluster) {
    this.node = node;
    this.activations = activations;
    this.cluster = cluster;
  }

  // ---- life ----

  /** The node is a member: what waits in the store is looked for, now and again. */
  void start() {
    running = true;
    lastForgotten = activations.now();
    joined();
  }

  /** What actors without a shard have left behind is this node's, too. */
  void joined() {
    opened(Gate.UNGUARDED);
  }

  /** The actors behind this gate are this node's now, with what they have left behind. */
  void opened(Gate gate) {
    if (gate.shard() != null) {
      // others may have sent and delivered since this node had the shard
      senders.keySet().stream().filter(gate::guards).toList().forEach(this::forget);
    }
    opened.add(gate);
    sweepNow();
  }

  /** Nothing more leaves; what is not delivered stays in the store. */
  void stop() {
    running = false;
    Timer timer = next;
    if (timer != null) {
      timer.cancel();
    }
    forgetAll();
  }

  /** What is in memory may be somebody else's by now. */
  void forgetAll() {
    swept.clear();
    senders.keySet().forEach(this::forget);
  }

  private void forget(ActorId id) {
    Sender sender = senders.remove(id);
    if (sender != null) {
      sender.end();
    }
  }

  // ---- what comes in ----

  /**
   * This actor has sent these, in their order, and they are durable.
   *
   * @param gate behind which the actor is
   */
  void take(ActorId id, Gate gate, List<OutboxEntry> entries) {
    boolean taken = !running;
    while (!taken) {
      // until the gate is swept, there may be older ones that must leave before
      taken = sender(id, !swept.contains(gate)).take(entries);
    }
  }

  /** Something of this actor may be in the store. */
  void look(ActorId id) {
    boolean looks = !isHere(id);
    while (!looks) {
      looks = sender(id, true).lookAgain();
    }
  }

  private Sender sender(ActorId id, boolean behind) {
    return senders.compute(
        id, (key, found) -> found == null || found.ended ? new Sender(id, behind) : found);
  }

  /** Is this node the one that delivers what the actor sent? */
  private boolean isHere(ActorId id) {
    if (!running) {
      return false;
    }
    return switch (cluster.placement(Invocation.tell(id, "", Payload.NONE))) {
      case Placement.Here here -> here.gate().isOpen();
      case Placement.At elsewhere -> false;
      case Placement.Nowhere unknown -> {
        doubt();
        yield false;
      }
    };
  }

  /** What is forgotten now may be this node's all the same: it has to be looked for again. */
  private void doubt() {
    doubts.incrementAndGet();
    opened.addAll(swept);
    swept.clear();
  }

  int inMemory() {
    return inMemory.get();
  }

  // ---- leftovers ----

  void sweepNow() {
    if (running) {
      again.set(true);
      if (sweeping.compareAndSet(false, true)) {
        activations.turns.execute(this::sweep);
      }
    }
  }

  /** Looks through the senders in the store; by {@link #sweeping} never twice at once. */
  private void sweep() {
    try {
      while (running && again.getAndSet(false)) {
        swept.removeIf(gate -> !gate.isOpen());
        opened.removeIf(gate -> !gate.isOpen());
        List<Gate> fresh = List.copyOf(opened);
        int before = doubts.get();
        for (HostedType type : activations.types()) {
          if (type.definition().kind() != Kind.POOLED) {
            sweep(type);
          }
        }
        if (doubts.get() == before) {
          swept.addAll(fresh);
          fresh.forEach(opened::remove);
        }
        forgetReplies();
      }
    } catch (StoreException e) {
      log.debug("The outbox cannot be looked through now: {}", e.getMessage());
    } finally {
      sweeping.set(false);
    }
    if (again.get()) {
      sweepNow();
    } else if (running) {
      Timer timer = next;
      if (timer != null) {
        timer.cancel();
      }
      next = activations.timers.schedule(SWEEP, this::sweepNow);
    }
  }

  private void sweep(HostedType type) {
    String after = "";
    while (running) {
      List<ActorId> page =
          activations.store.agenda().senders(type.definition().type(), after, SENDERS_AT_ONCE);
      for (ActorId id : page) {
        if (!senders.containsKey(id)) {
          look(id);
        }
      }
      if (page.size() < SENDERS_AT_ONCE) {
        return;
      }
      after = page.getLast().name();
    }
  }

  /**
   * Not before the node has run for a while: what was sent before a long downtime must find the
   * replies that say it was applied.
   */
  private void forgetReplies() {
    if (activations.now() - lastForgotten < FORGET.toNanos()) {
      return;
    }
    lastForgotten = activations.now();
    while (running
        && activations.store.agenda().forget(activations.clock.instant(), FORGOTTEN_AT_ONCE)
            == FORGOTTEN_AT_ONCE) {
      log.debug("{} kept replies are forgotten", FORGOTTEN_AT_ONCE);
    }
  }

  // ---- one sender ----

  /** What one actor has sent: the entries in memory, by target. Guarded by its monitor. */
  private final class Sender {

    private final ActorId id;
    private final Map<Object, Lane> lanes = new HashMap<>();

    /** Entries in memory, sent or not. */
    private int held;

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

    Sender(ActorId id, boolean behind) {
      this.id = id;
      this.behind = behind;
      this.revived = behind;
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
      return held >= OF_ONE || inMemory.get() >= OF_ALL;
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
      inMemory.incrementAndGet();
    }

    /** Reads on in the store if there is something and room for it. */
    private void read() {
      synchronized (this) {
        if (ended || reading || !behind || held > OF_ONE / 2 || (held > 0 && isFull())) {
          return;
        }
        reading = true;
        behind = false;
      }
      activations.turns.execute(this::readOn);
    }

    private void readOn() {
      long after;
      int limit;
      synchronized (this) {
        limit = isFull() ? A_FEW : OF_ONE;
        // entries that are being delivered are in their lanes, or on their way out of the store
        after = revived ? 0 : last;
        revived = false;
      }
      List<OutboxEntry> page = List.of();
      boolean failed = false;
      try {
        if (isHere(id)) {
          page = activations.store.agenda().outbox(id, after, limit);
        } else {
          forget(id);
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
        } else {
          page.forEach(entry -> add(entry, ready));
          behind |= page.size() == limit;
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
      if (!isHere(id)) {
        forget(id);
        return;
      }
      Once once =
          entry.ordered() ? Once.from(id, entry.sequence()) : Once.alone(id, entry.sequence());
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
              once);
      try {
        node.pass(invocation, true).thenAccept(answer -> answered(lane, entry, answer));
      } catch (RuntimeException | Error e) { // whoever has settled it has other things to do
        log.error("{} could not be sent; it is sent again", invocation, e);
        activations.timers.schedule(LAST_RETRY, () -> send(lane));
      }
    }

    private void answered(Lane lane, OutboxEntry entry, Answer answer) {
      if (ended) {
        return; // whoever delivers it now notices that it was applied
      }
      switch (answer) {
        case Answer.Ok ok -> {
          synchronized (this) {
            leaving++;
          }
          activations.chores.add(Upkeep.delivered(List.of(entry.key())), this::left);
          settled(lane);
        }
        case Answer.Failed failed -> {
          lane.attempts++;
          Failure why = failed.failure();
          if (isHopeless(why) || lane.attempts >= activations.settings.deliveryAttempts()) {
            giveUp(lane, entry, why);
          } else {
            activations.timers.schedule(pause(lane.attempts), () -> send(lane));
          }
        }
      }
    }

    private void giveUp(Lane lane, OutboxEntry entry, Failure why) {
      if (!isHere(id)) {
        forget(id);
        return;
      }
      log.warn(
          "{} of {} to {}.{} is a dead letter after {} attempts: {}",
          entry.key(),
          id,
          entry.target(),
          entry.action(),
          lane.attempts,
          why);
      activations.listener.deadLetter(entry, why);
      DeadLetter letter =
          new DeadLetter(
              entry,
              new Failure(why.code(), why.message(), why.execution(), null),
              lane.attempts,
              activations.clock.instant());
      // the next one must not be applied before it is certain that this one is kept: its target
      // would take this one for applied, too, if it came once more
      activations.chores.add(Upkeep.buried(List.of(letter)), failure -> buried(lane, failure));
    }

    private void buried(Lane lane, @Nullable Failure failure) {
      if (failure != null) {
        activations.timers.schedule(LAST_RETRY, () -> send(lane));
        return;
      }
      settled(lane);
      endIfDone();
    }

    /** The lane's first entry is done with, and the next one may be sent. */
    private void settled(Lane lane) {
      synchronized (this) {
        if (ended) {
          return;
        }
        lane.entries.poll();
        lane.attempts = 0;
        held--;
        if (lane.entries.isEmpty()) {
          lanes.remove(lane.target);
        }
      }
      inMemory.decrementAndGet();
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
      senders.computeIfPresent(id, (key, found) -> found == this && endsNow() ? null : found);
    }

    private synchronized boolean endsNow() {
      ended |= held == 0 && leaving == 0 && !behind && !reading;
      return ended;
    }

    /** Forgets everything; the store has it. */
    synchronized void end() {
      ended = true;
      inMemory.addAndGet(-held);
      held = 0;
      lanes.clear();
    }
  }

  /** What one actor has sent to one target, or one message alone. Guarded by its sender. */
  private static final class Lane {

    final Object target;
    final Deque<OutboxEntry> entries = new ArrayDeque<>();

    /** Of the first entry; touched by whoever sends it. */
    volatile int attempts;

    Lane(Object target) {
      this.target = target;
    }

    boolean holds(OutboxEntry.Key key) {
      return entries.stream().anyMatch(entry -> entry.key().equals(key));
    }
  }

  private static Duration pause(int attempts) {
    Duration doubled = FIRST_RETRY.multipliedBy(1L << Math.min(attempts - 1, 20));
    return doubled.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : doubled;
  }

  /** Would the same message fail the same way again? */
  private static boolean isHopeless(Failure why) {
    return switch (why.code()) {
      case UNKNOWN_ACTION,
          INVALID_NAME,
          PAYLOAD_UNREADABLE,
          PAYLOAD_TOO_LARGE,
          REQUEST_INVALID,
          ACCESS_DENIED,
          REPLY_INVALID,
          STATE_TOO_LARGE ->
          why.execution() != Execution.UNKNOWN;
      default -> false;
    };
  }
}
