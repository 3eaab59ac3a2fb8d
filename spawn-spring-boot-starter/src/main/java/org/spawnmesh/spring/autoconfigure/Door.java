package org.spawnmesh.spring.autoconfigure;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** Where a node of a mesh listens for the others. */
final class Door {

  private static final int PATIENCE_MILLIS = 500;

  private Door() {}

  /**
   * Does somebody listen there? Blocks for half a second at most, and the time it takes to resolve
   * the name.
   *
   * @param address {@code host:port}; nobody listens at what is none
   */
  static boolean isOpen(String address) {
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
