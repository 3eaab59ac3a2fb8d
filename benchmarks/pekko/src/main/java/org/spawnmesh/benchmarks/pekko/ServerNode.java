package org.spawnmesh.benchmarks.pekko;

/** The node in W6 on which all entities are, in a JVM of its own. */
public final class ServerNode {

  private ServerNode() {}

  /**
   * Listens on the port that is the first argument, until it is killed.
   *
   * @throws InterruptedException if it was interrupted while the cluster formed
   */
  public static void main(String[] args) throws InterruptedException {
    ShardedCounter.server(Integer.parseInt(args[0]));
  }
}
