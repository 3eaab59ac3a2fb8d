package org.spawnmesh.benchmarks.spawn;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.apache.zookeeper.server.ZooKeeperServerMain;
import org.spawnmesh.benchmarks.harness.Child;
import org.spawnmesh.benchmarks.harness.Workloads;
import org.spawnmesh.spring.Actors;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/**
 * Runs a workload: {@code w1}, {@code w2 postgres|sqlite ACTORS CALLERS}, {@code w3time}, {@code
 * w3memory}, {@code w6} or {@code w7 alone|chain|signal ACTORS CALLERS}. W2, W6 and W7 find their
 * empty database in the system property {@code bench.jdbc}.
 */
@SpringBootApplication(proxyBeanMethods = false)
public class Main {

  /**
   * Ends the JVM after the last measurement.
   *
   * @throws Exception if the workload could not be measured
   */
  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "w1" -> inMemory().w1();
      case "w2" -> durable().w2(args[1], Integer.parseInt(args[2]), Integer.parseInt(args[3]));
      case "w3time" -> inMemory().w3time();
      case "w3memory" -> inMemory().w3memory();
      case "w6" -> remote().w6();
      case "w7" -> w7(args[1], Integer.parseInt(args[2]), Integer.parseInt(args[3]));
      default -> throw new IllegalArgumentException("no workload " + args[0]);
    }
    System.exit(0);
  }

  private static Workloads inMemory() {
    return new Workloads(
        "spawn", counter(Map.of("spawn.statestore.type", "memory")), "the starter");
  }

  private static Workloads durable() {
    return new Workloads("spawn", onDatabase(), "the starter, every change committed");
  }

  private static SpringCounter onDatabase() {
    return counter(Map.of("spawn.statestore.url", System.getProperty("bench.jdbc")));
  }

  private static void w7(String what, int actors, int callers) throws InterruptedException {
    SpringCounter counters = onDatabase();
    switch (what) {
      case "alone" ->
          new Workloads("spawn-alone", counters, "no message: one durable change, as in W2")
              .w7(counters, actors, callers);
      case "chain" ->
          new Workloads("spawn", counters.of("Chain", "add"), "message durable and applied once")
              .w7(counters, actors, callers);
      case "signal" ->
          new Workloads("spawn-signal", counters.of("Chain", "signal"), "message forgotten")
              .w7(counters, actors, callers);
      default -> throw new IllegalArgumentException("no peer " + what);
    }
  }

  private static Workloads remote() throws Exception {
    String jdbc = System.getProperty("bench.jdbc");
    int zooKeeper = Child.freePort();
    Path data = Files.createTempDirectory("zookeeper-");
    Child.main(ZooKeeperServerMain.class, zooKeeper, data).listensOn(zooKeeper);
    int port = Child.freePort();
    Child.countAsServers(Child.main(OwningNode.class, zooKeeper, port, jdbc).listensOn(port));
    SpringCounter counter =
        counter(AskingNode.class, OwningNode.member("asking", zooKeeper, Child.freePort(), jdbc));
    counter.awaitMesh();
    return new Workloads(
        "spawn", counter, "the starter, state saved every hour, so in memory while measured");
  }

  private static SpringCounter counter(Map<String, Object> properties) {
    return counter(Main.class, properties);
  }

  static SpringCounter counter(Class<?> application, Map<String, Object> properties) {
    return new SpringCounter(
        new SpringApplicationBuilder(application)
            .web(WebApplicationType.NONE)
            .bannerMode(Banner.Mode.OFF)
            .properties(
                Map.of(
                    "logging.level.root",
                    "WARN",
                    // actors stay active while they are measured, as those of the peers do
                    "spawn.idle-timeout",
                    "1h",
                    "spawn.limits.mailbox",
                    "4096"))
            .properties(properties)
            .run()
            .getBean(Actors.class));
  }
}
