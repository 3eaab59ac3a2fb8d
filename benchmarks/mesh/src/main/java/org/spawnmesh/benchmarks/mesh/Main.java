package org.spawnmesh.benchmarks.mesh;

import org.spawnmesh.benchmarks.harness.Child;
import org.spawnmesh.benchmarks.harness.Workloads;

/** The node that asks in W6; the other node is a process of its own, and ends with this one. */
public final class Main {

  private Main() {}

  /**
   * Takes {@code w6 echo}; ends the JVM after the last measurement.
   *
   * @throws Exception if the peer could not be started or measured
   */
  public static void main(String[] args) throws Exception {
    switch (args[1]) {
      case "echo" -> echo();
      default -> throw new IllegalArgumentException("no peer " + args[1]);
    }
    System.exit(0);
  }

  private static void echo() throws Exception {
    int port = Child.freePort();
    Child.countAsServers(Child.main(EchoNode.class, port).listensOn(port));
    var link = EchoNode.start(0, EchoNode.CLIENT).link(EchoNode.serverAt(port));
    new Workloads("echo", new EchoCounter(link), "the transport alone, answered by its event loop")
        .w6Echo();
  }
}
