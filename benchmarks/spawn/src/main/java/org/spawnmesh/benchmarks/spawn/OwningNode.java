package org.spawnmesh.benchmarks.spawn;

import java.util.Map;

/** The node of W6 on which all actors are, in a JVM of its own. */
final class OwningNode {

  private OwningNode() {}

  /** Takes the ports of ZooKeeper and of this node, and the database; runs until it is killed. */
  public static void main(String[] args) {
    Main.counter(
        Main.class,
        member("owning", Integer.parseInt(args[0]), Integer.parseInt(args[1]), args[2]));
  }

  static Map<String, Object> member(String name, int zooKeeper, int port, String jdbc) {
    return Map.of(
        "spring.main.keep-alive",
        true,
        "spring.application.name",
        "bench",
        "spawn.statestore.url",
        jdbc,
        // a mesh needs a database; this keeps it out of the calls
        "spawn.durability",
        "snapshot",
        "spawn.snapshot-interval",
        "1h",
        "spawn.cluster.type",
        "zookeeper",
        "spawn.cluster.zookeeper.connect-string",
        "127.0.0.1:" + zooKeeper,
        "spawn.cluster.node",
        name,
        "spawn.cluster.transport.host",
        "127.0.0.1",
        "spawn.cluster.transport.port",
        port);
  }
}
