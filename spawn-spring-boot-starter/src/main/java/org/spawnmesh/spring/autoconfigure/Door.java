package org.spawnmesh.spring.autoconfigure;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Where a node of a mesh listens for the others. */
final class Door {

  private static final int PATIENCE_MILLIS = 500;

  private Door() {}

  /**
   * Of these addresses, {@code host:port}, those where somebody listens. Blocks for half a second
   * and the time it takes to resolve the names.
   */
  static Set<String> open(Set<String> addresses) {
    Set<String> open = ConcurrentHashMap.newKeySet();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (String address : addresses) {
        threads.execute(
            () -> {
              if (isOpen(address)) {
                open.add(address);
              }
            });
      }
    }
    return open;
  }

  private static boolean isOpen(String address) {
    int colon = address.lastIndexOf(':');
    try (Socket socket = new Socket()) {
      String host = address.substring(0, colon);
      int port = Integer.parseInt(address.substring(colon + 1));
      socket.connect(new InetSocketAddress(host, port), PATIENCE_MILLIS);
      return true;
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }
}
