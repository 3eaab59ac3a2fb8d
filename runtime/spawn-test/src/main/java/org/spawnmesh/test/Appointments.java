package org.spawnmesh.test;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.CatchUp;
import org.spawnmesh.actor.ReminderOrder;
import org.spawnmesh.actor.Timing;
import org.spawnmesh.host.HostCall;

/**
 * What the actors of a simulation are to be reminded of, and what must be true of it. Each actor
 * has one reminder at most, which later calls replace or cancel. What became of it is in the
 * actor's state, in the order in which it happened: {@code P…} it was planned, {@code C…} it was
 * cancelled, {@code T…} the actor was reminded.
 */
final class Appointments {

  static final String PLAN = "plan";
  static final String CANCEL = "cancel";
  static final String TICK = "tick";

  private static final String NAME = "appointment";

  /** A plan is looked for each second, and its actor may just be moving. */
  private static final Duration LATE = Duration.ofSeconds(3);

  private static final List<CatchUp> POLICIES =
      List.of(CatchUp.SKIP, CatchUp.ONE, CatchUp.all(1_000));

  private final Random random;
  private final Consumer<String> violated;

  Appointments(Random random, Consumer<String> violated) {
    this.random = random;
    this.violated = violated;
  }

  /** What an actor was to be reminded of at one time, in milliseconds. */
  private record Plan(String id, long first, long period, String policy) {

    static Plan parse(String entry) {
      String[] parts = entry.substring(1).split("/");
      return new Plan(parts[0], Long.parseLong(parts[1]), Long.parseLong(parts[2]), parts[3]);
    }

    String print() {
      return "P%s/%d/%d/%s".formatted(id, first, period, policy);
    }

    boolean has(long time) {
      return time >= first && (time - first) % period == 0;
    }

    boolean keepsAll() {
      return policy.startsWith("ALL");
    }

    /** The last planned time until then; before {@link #first} if there is none. */
    long latest(long until) {
      return first + Math.floorDiv(until - first, period) * period;
    }
  }

  // ---- what the actors do ----

  /**
   * A turn that plans, cancels or is reminded.
   *
   * @param history what became of the actor's reminders so far; gets what becomes of them now
   * @param clock of the node that runs it
   * @return the orders for the reply
   */
  List<ReminderOrder> run(HostCall call, String id, Set<String> history, InstantSource clock) {
    switch (call.action()) {
      case PLAN -> {
        Duration period = Duration.ofMillis(1_000 + random.nextInt(6_000));
        CatchUp policy = POLICIES.get(random.nextInt(POLICIES.size()));
        long first = clock.instant().plus(period).toEpochMilli();
        history.add(new Plan(id, first, period.toMillis(), policy.text()).print());
        return List.of(
            new ReminderOrder.Set(NAME, Timing.every(period), policy, TICK, call.payload()));
      }
      case CANCEL -> {
        history.add("C" + id);
        return List.of(new ReminderOrder.Cancel(NAME));
      }
      default -> {
        return List.of();
      }
    }
  }

  /** The actor is reminded, by the plan that is the payload. */
  void tick(HostCall call, String plan, Set<String> history, InstantSource clock) {
    Instant planned = Instant.parse(Objects.requireNonNull(call.metadata().get(HostCall.PLANNED)));
    if (planned.isAfter(clock.instant())) {
      violated.accept("ReminderFiresByPolicy: %s is early: %s".formatted(call.actor(), planned));
    }
    String entry = "T%s/%d".formatted(plan, planned.toEpochMilli());
    if (!history.add(entry)) {
      violated.accept("ReminderFiresByPolicy: %s twice in %s".formatted(entry, call.actor()));
    }
  }

  // ---- what must hold ----

  /** Has everything come that is due by now? */
  boolean isUpToDate(Set<String> history, Instant now) {
    return missing(Course.of(history), now).isEmpty();
  }

  /**
   * When everything had time to come.
   *
   * @param history as it is stored
   */
  void check(ActorId actor, Set<String> history, Instant now) {
    Course course = Course.of(history);
    course
        .problem()
        .or(() -> missing(course, now))
        .ifPresent(what -> violated.accept("ReminderFiresByPolicy: %s %s".formatted(actor, what)));
  }

  private static Optional<String> missing(Course course, Instant now) {
    Plan plan = course.plan;
    if (plan == null) {
      return Optional.empty();
    }
    long latest = plan.latest(now.minus(LATE).toEpochMilli());
    return latest >= plan.first && latest > course.last
        ? Optional.of(
            "was not reminded at %d by %s, but last at %d".formatted(latest, plan, course.last))
        : Optional.empty();
  }

  /** What a history comes to. Confined to whoever makes it. */
  private static final class Course {

    /** What holds now; null if nothing does. */
    private @Nullable Plan plan;

    /** When the actor was reminded last by that plan; 0 for not yet. */
    private long last;

    /** The first thing that should not have come, or not have been left out. */
    private @Nullable String problem;

    static Course of(Set<String> history) {
      Course course = new Course();
      for (String entry : history) {
        switch (entry.charAt(0)) {
          case 'P' -> {
            course.plan = Plan.parse(entry);
            course.last = 0;
          }
          case 'C' -> course.plan = null;
          case 'T' -> course.tick(entry);
          default -> {} // a call
        }
      }
      return course;
    }

    private void tick(String entry) {
      String[] parts = entry.substring(1).split("/");
      long time = Long.parseLong(parts[1]);
      Plan now = plan;
      if (now == null || !now.id.equals(parts[0])) {
        wrong("was reminded by %s, which had ended".formatted(entry));
        return;
      }
      if (!now.has(time) || time <= last) {
        wrong("was reminded by %s after %d by %s".formatted(entry, last, now));
      } else if (now.keepsAll() && time != (last == 0 ? now.first : last + now.period)) {
        wrong("missed what is between %d and %s".formatted(last, entry));
      }
      last = time;
    }

    private void wrong(String what) {
      if (problem == null) {
        problem = what;
      }
    }

    Optional<String> problem() {
      return Optional.ofNullable(problem);
    }
  }
}
