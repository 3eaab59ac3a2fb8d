package org.spawnmesh.transport.grpc;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/**
 * Where a node listens for its peers, and what it tells them. Immutable.
 *
 * @param host the interface to listen on; {@code 0.0.0.0} for all
 * @param port 0 for any that is free
 * @param advertised the host that peers connect to, for example the pod's IP; null for {@code
 *     host}, or for the machine's own address if {@code host} is all interfaces
 * @param advertisedPort the port that peers connect to, if something stands between; 0 for the one
 *     that is listened on
 */
public record ListenAddress(
    String host, int port, @Nullable String advertised, int advertisedPort) {

  /** On the loopback interface, at any free port: for nodes on one machine. */
  public static final ListenAddress LOOPBACK = new ListenAddress("127.0.0.1", 0, null);

  public ListenAddress {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException(
          "The port to listen on for peers is %d, not 0 to 65535".formatted(port));
    }
    if (advertisedPort < 0 || advertisedPort > 65_535) {
      throw new IllegalArgumentException(
          "The port to advertise to peers is %d, not 0 to 65535".formatted(advertisedPort));
    }
  }

  /** Peers connect to the port that is listened on. */
  public ListenAddress(String host, int port, @Nullable String advertised) {
    this(host, port, advertised, 0);
  }

  InetSocketAddress socket() {
    return new InetSocketAddress(host, port);
  }

  /** {@code host:port}, as peers connect to it. */
  String reachedAt(int boundPort) {
    String name = advertised != null ? advertised : ownHost();
    return (name.contains(":") && !name.startsWith("[") ? "[" + name + "]" : name)
        + ":"
        + (advertisedPort == 0 ? boundPort : advertisedPort);
  }

  private String ownHost() {
    InetSocketAddress bound = socket();
    if (bound.getAddress() == null || !bound.getAddress().isAnyLocalAddress()) {
      return host;
    }
    try {
      InetAddress own = InetAddress.getLocalHost();
      String address = own.getHostAddress();
      int scope = own instanceof Inet6Address ? address.indexOf('%') : -1;
      return scope < 0 ? address : address.substring(0, scope);
    } catch (UnknownHostException e) {
      throw new IllegalStateException(
          "This machine does not know its own address (%s), so peers cannot be told where to connect; name the host to advertise"
              .formatted(e.getMessage()),
          e);
    }
  }

  /** Splits {@code host:port}; an IPv6 address stands in brackets. */
  static InetSocketAddress parse(String address) {
    int colon = address.lastIndexOf(':');
    try {
      if (colon > 0) {
        String host = address.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return InetSocketAddress.createUnresolved(
            bracketed ? host.substring(1, host.length() - 1) : host,
            Integer.parseInt(address.substring(colon + 1)));
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw new IllegalArgumentException(
        "A peer's address is '%s', which is not host:port".formatted(address));
  }
}
