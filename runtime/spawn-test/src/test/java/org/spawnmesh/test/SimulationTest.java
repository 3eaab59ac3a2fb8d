package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SimulationTest {

  private static final int SEEDS = Integer.getInteger("spawn.simulation.seeds", 300);

  static LongStream seeds() {
    return LongStream.range(0, SEEDS);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void nothingAcknowledgedIsLostWhateverFails(long seed) {
    try (Simulation simulation = new Simulation(seed, 5).run(2_000)) {
      assertThat(simulation.violations()).isEmpty();
    }
  }

  @Test
  void theFaultsReallyHappen() {
    Map<String, Integer> all = new HashMap<>();
    for (long seed = 0; seed < 40; seed++) {
      try (Simulation simulation = new Simulation(seed, 5).run(2_000)) {
        simulation.outcomes().forEach((outcome, n) -> all.merge(outcome, n, Integer::sum));
      }
    }
    assertThat(all)
        .containsKeys(
            "ok",
            "other ok",
            "ACTION_FAILED EXECUTED",
            "DEADLINE_PASSED UNKNOWN",
            "DEADLINE_PASSED NOT_EXECUTED",
            "STORE_UNAVAILABLE NOT_EXECUTED",
            "COMMIT_REFUSED NOT_EXECUTED",
            "LOST_OWNERSHIP NOT_EXECUTED",
            "NODE_UNAVAILABLE NOT_EXECUTED",
            "MAILBOX_FULL NOT_EXECUTED");
  }
}
