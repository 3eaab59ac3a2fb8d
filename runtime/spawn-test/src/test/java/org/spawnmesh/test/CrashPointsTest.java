package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * A process that dies at every single step of its commits and deliveries: what it acknowledged has
 * one effect, nothing else has any, and a key is applied once.
 */
class CrashPointsTest {

  /** So many the issue asks for; this is what keeps the scenario from becoming too small. */
  private static final int POINTS = 200;

  @Test
  void aCrashAtAnyStepLosesNothingAndInventsNothing() {
    List<String> points = new CrashWorld().run().points();
    assertThat(points).hasSizeGreaterThanOrEqualTo(POINTS);
    assertThat(points)
        .contains("before a task", "before load First", "before load Second", "before agenda");
    for (String moment : List.of("before", "during", "after")) {
      for (String what : List.of("First", "Second", "delivered", "reminder")) {
        assertThat(points)
            .as("%s a commit of %s", moment, what)
            .anyMatch(point -> point.startsWith(moment + " commit") && point.contains(what));
      }
    }
    for (int i = 0; i < points.size(); i++) {
      CrashWorld world = new CrashWorld(i).run();
      assertThat(world.lives()).isEqualTo(2);
      assertThat(world.problems())
          .as("a crash at step %d of %d: %s", i, points.size(), points.get(i))
          .isEmpty();
    }
  }

  @Test
  void soDoesACrashOfTheProcessThatGoesOn() {
    Random random = new Random(42);
    int points = new CrashWorld().run().points().size();
    for (int i = random.nextInt(3); i < points; i += 1 + random.nextInt(4)) {
      int again = random.nextInt(120);
      assertThat(new CrashWorld(i, again, random.nextInt(40)).run().problems())
          .as("a crash at step %d, and then at %d", i, again)
          .isEmpty();
    }
  }
}
