package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.CatchUp;
import org.spawnmesh.actor.Schedule;
import org.spawnmesh.test.FaultyStateStore.CommitFault;

/**
 * Reminders under everything that can go wrong with one node, from a seed. Checked at the end, as
 * the invariant <b>ReminderFiresByPolicy</b>: what an actor kept is exactly the planned times of
 * its reminder, each once and in order, less those that its policy leaves out.
 */
class ReminderSimulationTest {

  private static final int SEEDS = Integer.getInteger("spawn.test.seeds", 60);

  static java.util.stream.LongStream seeds() {
    return java.util.stream.LongStream.range(0, SEEDS);
  }

  /** What an actor is to be reminded of, since when. */
  private record Plan(
      String actor, CatchUp catchUp, @Nullable Schedule schedule, List<Instant> before) {}

  @ParameterizedTest
  @MethodSource("seeds")
  void remindersFireByTheirPolicy(long seed) {
    Random random = new Random(seed);
    List<CatchUp> policies = List.of(CatchUp.SKIP, CatchUp.ONE, CatchUp.all(1_000));
    try (var world = new ReminderWorld()) {
      List<Plan> plans = new ArrayList<>();
      for (int i = 0; i < 9; i++) {
        plans.add(plan(world, "a" + i, policies.get(i % 3), random));
      }
      for (int step = 0; step < 150; step++) {
        int dice = random.nextInt(100);
        if (dice < 45) {
          world.advance(Duration.ofSeconds(random.nextInt(700)));
        } else if (dice < 60) {
          CommitFault[] faults = CommitFault.values();
          world.store.failCommits(faults[random.nextInt(faults.length)]);
        } else if (dice < 65) {
          world.store.land();
        } else if (dice < 70) {
          world.store.goAway();
        } else if (dice < 80) {
          world.store.comeBack();
        } else if (dice < 86) {
          world.store.comeBack();
          world.crash();
          world.advance(Duration.ofSeconds(random.nextInt(4_000)));
          world.restart();
        } else if (dice < 92) {
          world.node.repair().passivate(ReminderWorld.clerk("a" + random.nextInt(9)));
        } else if (dice < 94) {
          world.timers.setWallClock(world.timers.instant().plusSeconds(random.nextInt(9_000)));
        } else {
          calm(world);
          int which = random.nextInt(plans.size());
          Plan plan = plans.get(which);
          plans.set(
              which,
              random.nextBoolean()
                  ? plan(world, plan.actor, plan.catchUp, random)
                  : cancel(world, plan));
        }
      }
      calm(world);
      plans.forEach(plan -> check(world, plan));
    }
  }

  private static Plan plan(ReminderWorld world, String actor, CatchUp catchUp, Random random) {
    Duration period = Duration.ofSeconds(300 + random.nextInt(900));
    Instant now = world.timers.instant();
    Answer answer = world.ask(actor, "every", "tea|" + period + "|" + catchUp.text());
    assertThat(answer).isInstanceOf(Answer.Ok.class);
    return new Plan(
        actor, catchUp, new Schedule.Every(now.plus(period), period), world.kept(actor));
  }

  private static Plan cancel(ReminderWorld world, Plan plan) {
    assertThat(world.ask(plan.actor, "cancel", "tea")).isInstanceOf(Answer.Ok.class);
    return new Plan(plan.actor, plan.catchUp, null, world.kept(plan.actor));
  }

  /** Until no fault is left and nobody waits for another attempt. */
  private static void calm(ReminderWorld world) {
    world.store.comeBack();
    world.store.clearFaults();
    world.store.land();
    world.advance(Duration.ofMinutes(12));
    world.store.land();
    world.advance(Duration.ofMinutes(12));
  }

  private static void check(ReminderWorld world, Plan plan) {
    List<Instant> kept = world.kept(plan.actor);
    List<Instant> since = kept.subList(plan.before.size(), kept.size());
    assertThat(kept.subList(0, plan.before.size())).isEqualTo(plan.before);
    if (plan.schedule == null) {
      assertThat(since).as("%s was cancelled", plan.actor).isEmpty();
      return;
    }
    List<Instant> planned = new ArrayList<>();
    Instant now = world.timers.instant();
    for (Instant t = plan.schedule.next(Instant.EPOCH);
        t != null && !t.isAfter(now);
        t = plan.schedule.next(t)) {
      planned.add(t);
    }
    if (plan.catchUp instanceof CatchUp.All) {
      assertThat(since).as("%s %s", plan.actor, plan.catchUp).isEqualTo(planned);
    } else {
      assertThat(planned).as("%s %s", plan.actor, plan.catchUp).containsSubsequence(since);
      assertThat(since).doesNotHaveDuplicates();
      if (!planned.isEmpty()) {
        assertThat(since).as("%s %s", plan.actor, plan.catchUp).endsWith(planned.getLast());
      }
    }
  }
}
