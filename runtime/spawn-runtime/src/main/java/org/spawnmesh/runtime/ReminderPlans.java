package org.spawnmesh.runtime;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.CatchUp;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Once;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.ReminderDefinition;
import org.spawnmesh.actor.ReminderOrder;
import org.spawnmesh.actor.Schedule;
import org.spawnmesh.store.Reminder;
import org.spawnmesh.store.ReminderChange;

/** Turns what is wanted of reminders into what is stored of them. Pure. */
final class ReminderPlans {

  /** So begin the names of reminders that other actors have planned: delayed messages. */
  private static final String SENT = "~";

  private ReminderPlans() {}

  /** What an action's orders come to at {@code now}: of each reminder, its last order. */
  static List<ReminderChange> of(List<ReminderOrder> orders, ActorId actor, Instant now) {
    Map<String, ReminderChange> changes = new LinkedHashMap<>();
    for (ReminderOrder order : orders) {
      changes.put(
          order.name(),
          switch (order) {
            case ReminderOrder.Cancel cancel -> new ReminderChange.Cancelled(actor, cancel.name());
            case ReminderOrder.Set set ->
                planned(
                    actor,
                    set.name(),
                    set.action(),
                    set.payload(),
                    set.when().from(now),
                    set.catchUp(),
                    now);
          });
    }
    return List.copyOf(changes.values());
  }

  /** What is to change so that an actor has the reminders that its type declares. */
  static List<ReminderChange> declared(
      ActorDefinition definition, ActorId actor, List<Reminder> stored, Instant now) {
    Map<String, Reminder> had = new LinkedHashMap<>();
    for (Reminder reminder : stored) {
      if (reminder.name().startsWith(ReminderOrder.RESERVED)) {
        had.put(reminder.name(), reminder);
      }
    }
    List<ReminderChange> changes = new ArrayList<>();
    Set<String> wanted = new HashSet<>();
    for (ReminderDefinition declared : definition.reminders()) {
      wanted.add(declared.name());
      Reminder before = had.get(declared.name());
      if (before == null || !isSame(declared, before)) {
        changes.add(
            planned(
                actor,
                declared.name(),
                declared.action(),
                Payload.NONE,
                declared.when().from(now),
                declared.catchUp(),
                now));
      }
    }
    for (String name : had.keySet()) {
      if (!wanted.contains(name)) {
        changes.add(new ReminderChange.Cancelled(actor, name));
      }
    }
    return changes;
  }

  private static boolean isSame(ReminderDefinition declared, Reminder stored) {
    return declared.catchUp().text().equals(stored.catchUp())
        && declared.when().hasPlanned(Schedule.parse(stored.schedule(), stored.zone()));
  }

  /** What an actor sends to be run later. */
  static ReminderChange later(
      Effect effect, ActorId sender, Map<String, String> metadata, long sequence, Instant now) {
    Schedule schedule = new Schedule.Once(now.plus(effect.delay()));
    return planned(
        effect.actor(),
        SENT + sequence + ":" + digest(sender.toString()),
        effect.action(),
        effect.payload(),
        metadata,
        sender,
        schedule,
        CatchUp.ONE,
        now);
  }

  /**
   * What somebody outside wants to be run later.
   *
   * @param random tells it from all others, unless it has a key
   */
  static ReminderChange.Planned later(Invocation invocation, Instant due, RandomGenerator random) {
    Schedule.Once schedule = new Schedule.Once(due);
    Once once = invocation.once();
    return new ReminderChange.Planned(
        new Reminder(
            invocation.actor(),
            SENT + (once == null ? random(random) : "key:" + digest(once.source())),
            invocation.action(),
            invocation.payload(),
            invocation.metadata(),
            invocation.caller(),
            schedule.text(),
            schedule.zoneId(),
            CatchUp.ONE.text(),
            schedule.at()));
  }

  private static String random(RandomGenerator random) {
    return Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
  }

  /** A name of any length, as one that fits into another name. */
  private static String digest(String name) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JVM has SHA-256", e);
    }
  }

  private static ReminderChange planned(
      ActorId actor,
      String name,
      String action,
      Payload payload,
      Schedule schedule,
      CatchUp catchUp,
      Instant now) {
    return planned(actor, name, action, payload, Map.of(), null, schedule, catchUp, now);
  }

  private static ReminderChange planned(
      ActorId actor,
      String name,
      String action,
      Payload payload,
      Map<String, String> metadata,
      @Nullable ActorId caller,
      Schedule schedule,
      CatchUp catchUp,
      Instant now) {
    // what is to happen once, and whose time is over, happens at once
    Instant due = schedule instanceof Schedule.Once once ? once.at() : schedule.next(now);
    return due == null
        ? new ReminderChange.Cancelled(actor, name)
        : new ReminderChange.Planned(
            new Reminder(
                actor,
                name,
                action,
                payload,
                metadata,
                caller,
                schedule.text(),
                schedule.zoneId(),
                catchUp.text(),
                due));
  }

  /** What becomes of a reminder whose planned time is over. */
  static ReminderChange after(Reminder reminder, @Nullable Instant next) {
    return next == null
        ? new ReminderChange.Cancelled(reminder.actor(), reminder.name())
        : new ReminderChange.Planned(reminder.dueAt(next));
  }
}
