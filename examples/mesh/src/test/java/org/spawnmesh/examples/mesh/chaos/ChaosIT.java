package org.spawnmesh.examples.mesh.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.spawnmesh.examples.mesh.local.Conditions;
import org.spawnmesh.examples.mesh.local.LocalMesh;
import org.spawnmesh.examples.mesh.local.ZooKeepers;

/**
 * Three nodes and a ZooKeeper of three servers, all of them processes, and PostgreSQL. Nodes are
 * killed, or stopped until they are fenced, or for longer than their lease, and then continued;
 * ZooKeeper's leader is killed; connections between nodes carry nothing for a while. Nothing that
 * was acknowledged may be lost, nothing that was refused may be there, every register must behave
 * as if it were one, whoever is fenced commits nothing, and what a turn told to another actor is
 * heard of once, in order.
 *
 * <p>The faults, their order and their victims follow from the seed; when exactly they strike does
 * not. {@code -Dspawn.chaos.seed=…} chooses others, {@code -Dspawn.chaos.faults=…} more; when there
 * were some of each kind and {@code -Dspawn.chaos.seconds=…} are over, no more are begun, so that a
 * slow machine has its time, too.
 */
class ChaosIT {

  private static final int FAULTS = Integer.getInteger("spawn.chaos.faults", 30);
  private static final Duration TIME = Duration.ofSeconds(Long.getLong("spawn.chaos.seconds", 50));
  private static final long SEED =
      Long.getLong("spawn.chaos.seed", System.currentTimeMillis() % 1_000_000);

  private static final List<String> NODES = List.of("node-a", "node-b", "node-c");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** How long a fault waits for work that does not come. */
  private static final Duration AT_MOST = Duration.ofSeconds(2);

  /** Of a node that hears nobody; some are stopped for longer, so that theirs is over. */
  private static final Duration LEASE = Duration.ofSeconds(5);

  private enum Fault {
    KILL_NODE,
    PAUSE_NODE,
    CUT_CABLE,
    KILL_ZOOKEEPER
  }

  /** Fewer of those after which a node starts again, for that takes the longest. */
  private static final List<Fault> TEN =
      List.of(
          Fault.KILL_NODE,
          Fault.KILL_NODE,
          Fault.PAUSE_NODE,
          Fault.PAUSE_NODE,
          Fault.PAUSE_NODE,
          Fault.CUT_CABLE,
          Fault.CUT_CABLE,
          Fault.CUT_CABLE,
          Fault.CUT_CABLE,
          Fault.KILL_ZOOKEEPER);

  private final Random random = new Random(SEED);
  private final List<Thread> healing = new ArrayList<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Map<Fault, Integer> inflicted = new EnumMap<>(Fault.class);

  @Test
  void nothingIsLostAndNothingIsInvented() throws Exception {
    System.out.println("Chaos: %d faults with -Dspawn.chaos.seed=%d".formatted(FAULTS, SEED));
    Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "chaos-");
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
        ZooKeepers zooKeeper = ZooKeepers.start(3, folder.toAbsolutePath(), classPath);
        Cables cables = new Cables();
        ChaosMesh mesh =
            new ChaosMesh(
                new LocalMesh(
                    folder.toAbsolutePath(),
                    classPath,
                    ChaosNode.class,
                    zooKeeper.connectString(),
                    postgres.getJdbcUrl("postgres", "postgres"),
                    Map.of(
                        "spawn.timeout", "10s",
                        "spawn.cluster.lease", LEASE.toSeconds() + "s",
                        "spawn.cluster.join-timeout", "60s",
                        "spawn.cluster.zookeeper.session-timeout", "2s",
                        "spawn.cluster.zookeeper.connection-timeout", "2s"),
                    Duration.ofSeconds(12)),
                cables,
                NODES);
        Workload workload = new Workload(mesh, SEED)) {
      Fences fences = new Fences(postgres.getPostgresDatabase());
      mesh.await(NODES.size());
      workload.start();
      long begun = System.nanoTime();
      for (Fault fault : faults()) {
        if (isSomeOfEachInflicted() && System.nanoTime() - begun > TIME.toNanos()) {
          break;
        }
        workload.progress().await(random.nextInt(300), AT_MOST);
        inflict(fault, mesh, zooKeeper, cables, workload.progress(), fences);
        inflicted.merge(fault, 1, Integer::sum);
      }
      for (Thread each : healing) {
        each.join();
      }
      mesh.await(NODES.size());
      workload.progress().await(300, AT_MOST);
      workload.stop();
      long view = LocalMesh.awaitAgreement(mesh.nodes());
      List<String> wrong = workload.judge(random);
      wrong.addAll(fences.wrong());
      System.out.println(
          "Chaos: %s in %d s; %s; the last view is %d"
              .formatted(
                  inflicted,
                  Duration.ofNanos(System.nanoTime() - begun).toSeconds(),
                  workload,
                  view));
      assertThat(failures).as("faults that could not be inflicted").isEmpty();
      assertThat(wrong)
          .as("with -Dspawn.chaos.seed=%d; the logs are in %s", SEED, folder)
          .isEmpty();
      assertThat(workload.progress().answers())
          .isGreaterThan(20L * inflicted.values().stream().mapToInt(Integer::intValue).sum());
    }
  }

  private boolean isSomeOfEachInflicted() {
    return inflicted.size() == Fault.values().length;
  }

  /** Ten at a time: some of each kind, in any order. */
  private List<Fault> faults() {
    List<Fault> faults = new ArrayList<>();
    while (faults.size() < FAULTS) {
      List<Fault> ten = new ArrayList<>(TEN);
      Collections.shuffle(ten, random);
      faults.addAll(ten);
    }
    return faults.subList(0, FAULTS);
  }

  private void inflict(
      Fault fault,
      ChaosMesh mesh,
      ZooKeepers zooKeeper,
      Cables cables,
      Progress progress,
      Fences fences)
      throws Exception {
    int more = random.nextInt(300);
    switch (fault) {
      case KILL_NODE -> mesh.kill(mesh.victim(random));
      case PAUSE_NODE -> {
        String victim = mesh.victim(random);
        boolean outlivesLease = random.nextBoolean();
        long stopped = System.nanoTime();
        mesh.pause(victim);
        heal(
            () -> {
              try {
                Conditions.await(
                    victim + " is out",
                    PATIENCE,
                    () ->
                        fences.isOut(victim)
                            && (!outlivesLease || System.nanoTime() - stopped > LEASE.toNanos()));
                fences.note();
                progress.await(more, AT_MOST);
              } finally {
                mesh.resume(victim);
              }
            });
      }
      case CUT_CABLE -> {
        List<Cables.Cable> some = cables(random.nextBoolean());
        some.forEach(cables::cut);
        heal(
            () -> {
              progress.await(3L * more, AT_MOST.multipliedBy(3));
              some.forEach(cables::mend);
            });
      }
      case KILL_ZOOKEEPER -> {
        zooKeeper.await(); // never more than one at once: two are nobody's majority
        OptionalInt leader = zooKeeper.leader();
        int server = leader.orElse(random.nextInt(3));
        zooKeeper.kill(server);
        progress.await(more, AT_MOST);
        zooKeeper.restart(server);
      }
    }
  }

  /** One way, or both ways. */
  private List<Cables.Cable> cables(boolean both) {
    List<String> two = new ArrayList<>(NODES);
    two.remove(random.nextInt(two.size()));
    Collections.shuffle(two, random);
    Cables.Cable there = new Cables.Cable(two.get(0), two.get(1));
    Cables.Cable back = new Cables.Cable(two.get(1), two.get(0));
    return both ? List.of(there, back) : List.of(there);
  }

  /** What takes time while other faults go on. */
  private interface Healing {

    void heal() throws InterruptedException;
  }

  private void heal(Healing task) {
    healing.add(
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    task.heal();
                  } catch (InterruptedException | RuntimeException e) {
                    failures.add(e);
                  }
                }));
  }
}
