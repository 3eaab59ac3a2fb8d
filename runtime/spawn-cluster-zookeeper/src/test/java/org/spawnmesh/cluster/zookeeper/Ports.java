package org.spawnmesh.cluster.zookeeper;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports for servers that are stopped and started again on the same: none that systems give to
 * outgoing connections (from 32,768 on Linux), or a connection may have one when the server comes
 * back. A ZooKeeper that finds the port of its quorum taken ends its process.
 */
final class Ports {

  private static final int FIRST = 10_000;
  private static final int NUMBER = 10_000;

  private static final AtomicInteger NEXT =
      new AtomicInteger(ThreadLocalRandom.current().nextInt(NUMBER));

  private Ports() {}

  /** One that nobody listens on now, another each time. */
  static int free() throws IOException {
    while (true) {
      int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), NUMBER);
      try (ServerSocket socket = new ServerSocket(port)) {
        return socket.getLocalPort();
      } catch (BindException e) {
        // somebody uses it: the next one
      }
    }
  }
}
