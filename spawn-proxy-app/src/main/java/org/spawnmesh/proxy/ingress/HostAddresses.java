package org.spawnmesh.proxy.ingress;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.spawnmesh.proxy.config.ProxyProperties;
import org.spawnmesh.proxy.host.HostAddress;

/** Where a host listens that has just registered. */
record HostAddresses(ProxyProperties.Mode mode, String sidecar, int port) {

  HostAddress of(Optional<InetSocketAddress> peer) {
    String host =
        mode == ProxyProperties.Mode.SIDECAR
            ? sidecar
            : peer.map(InetSocketAddress::getAddress)
                // an IPv6 zone is the name of a network card of this machine
                .map(address -> address.getHostAddress().replaceFirst("%.*$", ""))
                .orElse(sidecar);
    return new HostAddress(callable(host), port);
  }

  /** "All interfaces" is what a host binds to; to call it, take this machine. */
  private static String callable(String host) {
    return host.equals("0.0.0.0") || host.equals("::") ? "127.0.0.1" : host;
  }
}
