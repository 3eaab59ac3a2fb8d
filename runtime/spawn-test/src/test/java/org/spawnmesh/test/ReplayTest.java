package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * A seed that fails in one process fails in every other. Collections made by {@code Set.of} and
 * {@code Map.of} have another order in each, and what depends on it shows here.
 */
class ReplayTest {

  private static final int SEEDS = 5;

  @Test
  void aSeedDoesTheSameInEveryProcess() throws Exception {
    String here = histories();
    for (int i = 0; i < 3; i++) {
      assertThat(elsewhere()).isEqualTo(here);
    }
  }

  private static String elsewhere() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                ReplayTest.class.getName())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return printed;
  }

  /** Prints what happens; run by the test in processes of their own. */
  public static void main(String[] args) {
    System.out.print(histories());
  }

  private static String histories() {
    StringBuilder all = new StringBuilder();
    for (long seed = 0; seed < SEEDS; seed++) {
      try (MeshSimulation simulation =
          new MeshSimulation(seed, 3 + (int) (seed % 3), 8).run(1_500)) {
        simulation.history().forEach(line -> all.append(line).append('\n'));
        all.append(new TreeMap<>(simulation.outcomes())).append('\n');
      }
    }
    return all.toString();
  }
}
