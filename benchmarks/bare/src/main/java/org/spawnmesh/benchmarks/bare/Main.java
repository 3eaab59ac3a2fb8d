package org.spawnmesh.benchmarks.bare;

import java.util.List;
import org.spawnmesh.benchmarks.harness.Workloads;

/**
 * Runs a workload: {@code w1}, {@code w2 postgres ACTORS CALLERS WRITERS}, {@code w2 sqlite ACTORS
 * CALLERS}, {@code w3time} or {@code w3memory}. W2 finds its empty database in the system property
 * {@code bench.jdbc}.
 */
public final class Main {

  private Main() {}

  /**
   * Ends the JVM after the last measurement, whatever threads the counter left behind.
   *
   * @throws Exception if the workload could not be measured
   */
  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "w1" -> inMemory().w1();
      case "w2" -> durable(args).w2(args[1], Integer.parseInt(args[2]), Integer.parseInt(args[3]));
      case "w3time" -> inMemory().w3time();
      case "w3memory" -> inMemory().w3memory();
      default -> throw new IllegalArgumentException("no workload " + args[0]);
    }
    System.exit(0);
  }

  private static Workloads inMemory() {
    return new Workloads("bare", new Mailboxes(), "map of mailboxes on virtual threads");
  }

  private static Workloads durable(String[] args) throws Exception {
    String jdbcUrl = System.getProperty("bench.jdbc");
    return switch (args[1]) {
      case "postgres" -> {
        int writers = Integer.parseInt(args[4]);
        yield new Workloads(
            "bare-" + writers,
            new GroupCommit(PostgresBatches.open(jdbcUrl, writers)),
            "group commit, writers: " + writers);
      }
      case "sqlite" ->
          new Workloads(
              "bare",
              new GroupCommit(List.of(new SqliteBatches(jdbcUrl))),
              "group commit, WAL, synchronous=FULL");
      default -> throw new IllegalArgumentException("no store " + args[1]);
    };
  }
}
