package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MeshSimulationTest {

  private static final int SEEDS = Integer.getInteger("spawn.simulation.mesh.seeds", 1_000);
  private static final int FIRST = Integer.getInteger("spawn.simulation.mesh.first", 0);
  private static final int STEPS = Integer.getInteger("spawn.simulation.mesh.steps", 1_500);

  static LongStream seeds() {
    return LongStream.range(FIRST, FIRST + SEEDS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void nothingAcknowledgedIsLostWhateverFails(long seed) {
    try (MeshSimulation simulation = new MeshSimulation(seed, 3 + (int) (seed % 3), 8).run(STEPS)) {
      assertThat(simulation.violations())
          .as(() -> "seed " + seed + "\n" + String.join("\n", simulation.history()))
          .isEmpty();
    }
  }
}
