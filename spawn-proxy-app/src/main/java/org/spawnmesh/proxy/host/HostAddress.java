package org.spawnmesh.proxy.host;

/**
 * Where an actor host listens. Immutable.
 *
 * @param host a name or an IP address, without brackets
 * @param port 1 to 65535
 */
public record HostAddress(String host, int port) {

  public HostAddress {
    if (host.isBlank()) {
      throw new IllegalArgumentException("The address of an actor host has no host name");
    }
    if (host.chars().anyMatch(c -> c <= ' ' || c > '~' || c == '/' || c == '[' || c == ']')) {
      throw new IllegalArgumentException(
          "The address of an actor host is '%s'; needed is a host name or an IP address"
              .formatted(host));
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "The actor host %s has the port %d; needed is 1 to 65535".formatted(host, port));
    }
  }

  /** {@code host:port}, as it stands in a URL. */
  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
