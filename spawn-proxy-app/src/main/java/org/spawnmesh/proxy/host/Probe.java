package org.spawnmesh.proxy.host;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;

/** Looks whether somebody listens: hosts of this protocol have no route to ask for more. */
@FunctionalInterface
interface Probe {

  /**
   * Connects and closes. Blocks.
   *
   * @throws IOException if nobody listens
   */
  void connect() throws IOException;

  static Probe of(HostAddress address, Duration timeout) {
    return () -> {
      InetSocketAddress target = new InetSocketAddress(address.host(), address.port());
      if (target.isUnresolved()) {
        throw new UnknownHostException("its name is not known");
      }
      try (Socket socket = new Socket()) {
        socket.connect(target, Math.toIntExact(timeout.toMillis()));
        if (socket.getLocalSocketAddress().equals(socket.getRemoteSocketAddress())) {
          // on one machine, a client may be given the port it looks for, and meet itself
          throw new ConnectException("connection refused");
        }
      }
    };
  }
}
