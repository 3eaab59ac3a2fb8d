package org.spawnmesh.examples.mesh.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.examples.mesh.local.Conditions;
import org.spawnmesh.statestore.jdbc.JdbcStateStore;

/**
 * A process that is killed with SIGKILL again and again, whatever it does at that moment, while it
 * takes calls whose turns send an effect, on PostgreSQL. Whatever was acknowledged has exactly one
 * effect, and there is no effect of anything else. A call under a key is applied once, however
 * often it came in however many lives, and answered with the same bytes.
 *
 * <p>{@code -Dspawn.kills.calls=100000} and {@code -Dspawn.kills=…} for the long run.
 */
class KillsIT {

  private static final int KILLS = Integer.getInteger("spawn.kills", 20);
  private static final int CALLS = Integer.getInteger("spawn.kills.calls", 10_000);
  private static final long SEED =
      Long.getLong("spawn.kills.seed", System.currentTimeMillis() % 1_000_000);

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  @Test
  void whatWasAcknowledgedHasOneEffectAndAKeyIsAppliedOnce() throws Exception {
    Random random = new Random(SEED);
    Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "kills-");
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
        PairProcess process =
            new PairProcess(
                folder.toAbsolutePath(), classPath, postgres.getJdbcUrl("postgres", "postgres"));
        PairCallers callers = new PairCallers(process, SEED)) {
      process.awaitReady();
      long begun = System.nanoTime();
      for (int kill = 0; kill < KILLS; kill++) {
        // some lives end in their first moment, when they deliver what the one before has left
        callers.progress().await(random.nextInt(2 * CALLS / (KILLS + 1)), PATIENCE);
        process.kill();
        process.awaitReady();
      }
      callers.progress().await(CALLS - callers.progress().answers(), PATIENCE);
      callers.stop();
      try (JdbcStateStore store = PairNode.open(postgres.getJdbcUrl("postgres", "postgres"), 1)) {
        Conditions.await(
            "everything is delivered",
            PATIENCE,
            () -> store.agenda().senders(PairNode.FIRST, "", 1).isEmpty());
        Map<Integer, Integer> taken =
            numbers(store, actor -> new ActorId(PairNode.FIRST, "f" + actor));
        Map<Integer, Integer> heard =
            numbers(store, actor -> new ActorId(PairNode.SECOND, "s" + actor));
        System.out.println(
            "Kills: %d in %d s; %s; %d were taken, %d have an effect"
                .formatted(
                    KILLS,
                    Duration.ofNanos(System.nanoTime() - begun).toSeconds(),
                    callers,
                    taken.size(),
                    heard.size()));
        assertThat(callers.compare(taken, heard))
            .as("with -Dspawn.kills.seed=%d; the logs are in %s", SEED, folder)
            .isEmpty();
        assertThat(store.agenda().countDeadLetters(PairNode.FIRST)).isZero();
      }
      assertThat(callers.progress().answers()).isGreaterThanOrEqualTo(CALLS);
    }
  }

  /** How often each number is there. */
  private static Map<Integer, Integer> numbers(JdbcStateStore store, IntFunction<ActorId> actors) {
    Map<Integer, Integer> numbers = new HashMap<>();
    for (int actor = 0; actor < PairNode.ACTORS; actor++) {
      store
          .load(actors.apply(actor))
          .map(snapshot -> snapshot.state())
          .ifPresent(
              state -> {
                for (String number : List.of(PairNode.text(state).split(","))) {
                  numbers.merge(Integer.valueOf(number), 1, Integer::sum);
                }
              });
    }
    return numbers;
  }
}
