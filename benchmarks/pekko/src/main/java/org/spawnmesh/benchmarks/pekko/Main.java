package org.spawnmesh.benchmarks.pekko;

import org.spawnmesh.benchmarks.harness.Child;
import org.spawnmesh.benchmarks.harness.Workloads;

/**
 * Runs a workload: {@code w1}, {@code w2 es|ds ACTORS CALLERS} (event sourced or durable state),
 * {@code w3time}, {@code w3memory} or {@code w6}, for which it starts a second node. W2 finds its
 * empty database in the system property {@code bench.jdbc}, see {@code application.conf}.
 */
public final class Main {

  private Main() {}

  /**
   * Ends the JVM after the last measurement; the cluster needs no farewell.
   *
   * @throws Exception if the workload could not be measured
   */
  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "w1" -> inMemory().w1();
      case "w2" ->
          durable(args[1]).w2("postgres", Integer.parseInt(args[2]), Integer.parseInt(args[3]));
      case "w3time" -> inMemory().w3time();
      case "w3memory" -> inMemory().w3memory();
      case "w6" -> remote().w6();
      default -> throw new IllegalArgumentException("no workload " + args[0]);
    }
    Runtime.getRuntime().halt(0);
  }

  private static Workloads inMemory() throws InterruptedException {
    return new Workloads("pekko", ShardedCounter.inMemory(), "sharding, default dispatcher");
  }

  private static Workloads remote() throws Exception {
    int port = Child.freePort();
    Child.countAsServers(Child.main(ServerNode.class, port).listensOn(port));
    return new Workloads("pekko", ShardedCounter.remote(port), "sharding, all entities remote");
  }

  private static Workloads durable(String kind) throws Exception {
    return switch (kind) {
      case "es" ->
          new Workloads(
              "pekko-es", ShardedCounter.eventSourced(), "event sourced, no snapshots, pool of 20");
      case "ds" ->
          new Workloads("pekko-ds", ShardedCounter.durableState(), "durable state, pool of 20");
      default -> throw new IllegalArgumentException("no kind of persistence " + kind);
    };
  }
}
