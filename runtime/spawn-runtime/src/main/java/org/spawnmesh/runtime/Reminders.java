package org.spawnmesh.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.Schedule;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.Placement;
import org.spawnmesh.store.Alarm;
import org.spawnmesh.store.Reminder;
import org.spawnmesh.store.Reminder.Key;
import org.spawnmesh.store.ReminderChange;
import org.spawnmesh.store.Slots;
import org.spawnmesh.store.StoreException;
import org.spawnmesh.store.Upkeep;
import org.spawnmesh.time.Timers.Timer;

/**
 * Finds the reminders of this node's actors that are due, and tells the actors.
 *
 * <p>The rows wait in the store; here is only what is on its way to an actor, and what was refused.
 * What a row says is decided, and moved on, in the actor's own turn ({@link Activation}), so
 * whoever finds a row too early, too late or twice does no harm. Thread-safe.
 *
 * <pre>
 * asleep ──time, a new plan, a shard that came──► looking ──► asleep until the next one is due
 * </pre>
 */
final class Reminders {

  private static final Logger log = LoggerFactory.getLogger(Reminders.class);

  /** How many may be on their way to their actors. */
  private static final int ON_THE_WAY = 1_000;

  /** How much these may carry, unless one alone carries more. */
  private static final long BYTES_ON_THE_WAY = 32 << 20;

  /** How many may wait for another attempt; with more, nobody is reminded until there are less. */
  private static final int REFUSED = 10_000;

  /** How many schedules are remembered. */
  private static final int SCHEDULES = 1_000;

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(10);
  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final Duration LAST_RETRY = Duration.ofMinutes(5);

  /** Alone, a node knows of every plan that is made, and looks for the clock's sake only. */
  private static final Duration PAUSE_ALONE = Duration.ofMinutes(1);

  /** Other nodes plan for actors of this one: delayed effects. */
  private static final Duration PAUSE_TOGETHER = Duration.ofSeconds(1);

  private record ScheduleText(String text, String zone) {}

  /** It was not executed, or failed, and is tried again. */
  private record Refusal(int attempts, Instant until) {}

  private final Activations activations;
  private final Cluster cluster;
  private final Set<Key> onTheWay = ConcurrentHashMap.newKeySet();
  private final AtomicLong bytesOnTheWay = new AtomicLong();
  private final Map<Key, Refusal> refused = new ConcurrentHashMap<>();
  private final Map<ScheduleText, Schedule> schedules = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();

  // guarded by lock
  private boolean running;
  private boolean looking;
  private boolean again;
  private Instant wakesAt = Instant.MAX;
  private @Nullable Timer waking;

  // touched by whoever looks
  private final Pace pace;
  private volatile boolean crowded;
  private final Set<ActorDefinition> awakened = new HashSet<>();

  Reminders(Activations activations, Cluster cluster) {
    this.activations = activations;
    this.cluster = cluster;
    this.pace = new Pace(activations.now());
  }

  void start() {
    lock.lock();
    try {
      running = true;
    } finally {
      lock.unlock();
    }
    lookNow();
  }

  void stop() {
    lock.lock();
    try {
      running = false;
      sleepOn();
    } finally {
      lock.unlock();
    }
  }

  /** A reminder that is due then has become durable. */
  void planned(Instant due) {
    lock.lock();
    try {
      if (due.isBefore(wakesAt)) {
        wake(due);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes a plan durable that no turn of its actor makes.
   *
   * @param done told null when it is durable, else why it will not be
   */
  void plan(ReminderChange.Planned plan, Consumer<@Nullable Failure> done) {
    activations.chores.add(
        Upkeep.reminders(List.of(plan)),
        failure -> {
          done.accept(failure);
          planned(plan.reminder().due());
        });
  }

  /** There may be others to remind than there were. */
  void lookNow() {
    planned(Instant.MIN);
  }

  /** With the lock held. */
  private void wake(Instant at) {
    if (!running) {
      return;
    }
    if (looking) {
      again = true;
      wakesAt = wakesAt.isBefore(at) ? wakesAt : at;
      return;
    }
    sleepOn();
    wakesAt = at;
    Instant now = activations.clock.instant();
    Duration wait = at.isAfter(now) ? Duration.between(now, at) : Duration.ZERO;
    waking =
        activations.timers.schedule(
            wait.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : wait,
            () -> activations.turns.execute(this::look));
  }

  private void sleepOn() {
    if (waking != null) {
      waking.cancel();
      waking = null;
    }
    wakesAt = Instant.MAX;
  }

  private void look() {
    lock.lock();
    try {
      if (!running || looking) {
        return;
      }
      looking = true;
      again = false;
      wakesAt = Instant.MAX;
    } finally {
      lock.unlock();
    }
    Instant next = activations.clock.instant().plus(FIRST_RETRY);
    try {
      next = remindAll();
    } catch (StoreException e) {
      log.warn(
          "Reminders that are due cannot be read; the next attempt is soon: {}", e.getMessage());
    } catch (RuntimeException | Error e) {
      log.error("Looking for reminders failed; the next attempt is soon", e);
    } finally {
      lock.lock();
      try {
        looking = false;
        wake(again && wakesAt.isBefore(next) ? wakesAt : next);
      } finally {
        lock.unlock();
      }
    }
  }

  /** Tells whoever is to be told now; answers when there may be others. */
  private Instant remindAll() {
    Instant now = activations.clock.instant();
    Instant next = now.plus(cluster.members().size() > 1 ? PAUSE_TOGETHER : PAUSE_ALONE);
    if (!activations.isAccepting() || refused.size() >= REFUSED) {
      forgetRefusals(now);
      return now.plus(FIRST_RETRY);
    }
    for (HostedType type : activations.types()) {
      ActorDefinition definition = type.definition();
      if (definition.kind() == Kind.NAMED
          && !definition.reminders().isEmpty()
          && awakened.add(definition)) {
        activations.awaken(type);
      }
      if (definition.kind() != Kind.POOLED || cluster.speaksFor(pool(definition))) {
        Instant nextOfType = remind(type, now, next);
        next = nextOfType.isBefore(next) ? nextOfType : next;
      }
    }
    for (Refusal refusal : refused.values()) {
      next = refusal.until.isBefore(next) ? refusal.until : next;
    }
    return next;
  }

  /** Reading a cron expression costs more than planning with it, and many reminders share one. */
  Schedule schedule(Reminder reminder) {
    ScheduleText text = new ScheduleText(reminder.schedule(), reminder.zone());
    Schedule known = schedules.get(text);
    if (known == null) {
      known = Schedule.parse(text.text, text.zone);
      if (schedules.size() >= SCHEDULES) {
        schedules.clear();
      }
      schedules.put(text, known);
    }
    return known;
  }

  private Instant remind(HostedType type, Instant now, Instant until) {
    ActorType name = type.definition().type();
    boolean pooled = type.definition().kind() == Kind.POOLED;
    Slots mine = pooled ? Slots.ALL : cluster.slots(name);
    if (mine.isEmpty()) {
      return until;
    }
    // what is busy is still in the store, and would fill the page
    int busy = onTheWay.size() + refused.size();
    int room = Math.max(1, ON_THE_WAY - onTheWay.size());
    List<Alarm> found = activations.store.agenda().alarms(name, mine, now, room + busy);
    for (Alarm alarm : found) {
      Key key = alarm.key();
      if (onTheWay.contains(key) || isRefused(key, now) || (!pooled && !isMine(alarm.actor()))) {
        continue;
      }
      if (isCrowded(alarm)) {
        crowded = true;
        return isCrowded(alarm) ? until : now; // or all may have left before this was set
      }
      long wait = pace.take(share(), activations.now());
      if (wait > 0) {
        return now.plusNanos(wait);
      }
      onTheWay.add(key);
      bytesOnTheWay.addAndGet(alarm.payloadBytes());
      if (pooled) {
        tellPool(alarm);
      } else {
        tell(alarm);
      }
    }
    return found.size() < room + busy
        ? activations.store.agenda().nextAlarm(name, mine, now, until).orElse(until)
        : now;
  }

  private boolean isCrowded(Alarm next) {
    return onTheWay.size() >= ON_THE_WAY
        || (!onTheWay.isEmpty() && bytesOnTheWay.get() + next.payloadBytes() > BYTES_ON_THE_WAY);
  }

  /** What this node may do of what the store shall bear. */
  private double share() {
    return (double) activations.settings.remindersPerSecond()
        / Math.max(1, cluster.members().size());
  }

  private boolean isRefused(Key key, Instant now) {
    Refusal refusal = refused.get(key);
    return refusal != null && now.isBefore(refusal.until);
  }

  private void forgetRefusals(Instant now) {
    refused.values().removeIf(refusal -> !now.isBefore(refusal.until));
  }

  private boolean isMine(ActorId actor) {
    return cluster.placement(Invocation.tell(actor, "", Payload.NONE)) instanceof Placement.Here;
  }

  private void tell(Alarm alarm) {
    Refusal before = refused.get(alarm.key());
    ReminderCall call =
        new ReminderCall(alarm, before == null ? 1 : before.attempts + 1, activations.turns);
    call.whenComplete((answer, impossible) -> told(alarm, answer));
    activations.route(call);
  }

  private static ActorId pool(ActorDefinition definition) {
    return new ActorId(definition.type(), definition.type().name());
  }

  /** A pool has no turns that could move it on: it is told once, or more often after a crash. */
  private void tellPool(Alarm alarm) {
    Reminder reminder;
    try {
      reminder =
          activations.store.agenda().reminder(alarm.actor(), alarm.key().name()).orElse(null);
    } catch (StoreException e) {
      left(alarm);
      throw e;
    }
    if (reminder == null) {
      left(alarm); // somebody has cancelled it since it was found
      return;
    }
    activations
        .ask(ReminderCall.invocation(alarm, reminder.payload()))
        .whenComplete(
            (answer, impossible) -> {
              if (answer instanceof Answer.Failed failed
                  && !isOver(alarm.key(), failed.failure())) {
                told(alarm, answer);
              } else {
                activations.chores.add(
                    Upkeep.reminders(List.of(ReminderPlans.after(reminder, null))),
                    failure -> told(alarm, Answer.EMPTY));
              }
            });
  }

  private void told(Alarm alarm, Answer answer) {
    Key key = alarm.key();
    if (answer instanceof Answer.Failed failed && !isOver(key, failed.failure())) {
      refused(key, failed.failure());
    } else {
      refused.remove(key);
    }
    left(alarm);
  }

  private void left(Alarm alarm) {
    onTheWay.remove(alarm.key());
    long bytes = bytesOnTheWay.addAndGet(-alarm.payloadBytes());
    if (crowded && onTheWay.size() < ON_THE_WAY / 2 && bytes <= BYTES_ON_THE_WAY / 2) {
      crowded = false;
      lookNow();
    }
  }

  /** Was it the last attempt? What was not executed has as many as it needs. */
  private boolean isOver(Key key, Failure failure) {
    Refusal before = refused.get(key);
    return failure.execution() != Execution.NOT_EXECUTED
        && before != null
        && before.attempts >= ReminderTurn.ATTEMPTS - 1;
  }

  private void refused(Key key, Failure failure) {
    Refusal before = refused.get(key);
    int attempts = before == null ? 1 : before.attempts + 1;
    long millis =
        Math.min(LAST_RETRY.toMillis(), FIRST_RETRY.toMillis() << Math.min(attempts - 1, 20));
    Instant until = activations.clock.instant().plusMillis(millis);
    refused.put(key, new Refusal(attempts, until));
    if (failure.code() != FailureCode.NODE_UNAVAILABLE
        && failure.code() != FailureCode.LOST_OWNERSHIP) {
      log.warn(
          "The reminder '{}' of {} waits, the next attempt is in {} ms: {}",
          key.name(),
          key.actor().shortName(),
          millis,
          failure);
    }
    planned(until);
  }
}
