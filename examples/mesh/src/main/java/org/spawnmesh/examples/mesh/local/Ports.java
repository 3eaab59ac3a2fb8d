package org.spawnmesh.examples.mesh.local;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ports on the loopback interface that nobody uses now, each given out once. They are none of those
 * that systems give to outgoing connections (from 32,768 on Linux): who listens on one may be
 * started again there.
 */
public final class Ports {

  private static final int FIRST = 20_000;
  private static final int NUMBER = 10_000;

  private static final AtomicInteger NEXT = new AtomicInteger(new Random().nextInt(NUMBER));

  private Ports() {}

  public static int free() throws IOException {
    for (int i = 0; i < NUMBER; i++) {
      int port = FIRST + Math.floorMod(NEXT.getAndIncrement(), NUMBER);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (BindException e) {
        // somebody uses it: the next one
      }
    }
    throw new IOException("No port between %d and %d is free".formatted(FIRST, FIRST + NUMBER));
  }

  /** Different ones. */
  public static List<Integer> free(int number) throws IOException {
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      ports.add(free());
    }
    return ports;
  }
}
