package org.spawnmesh.proxy.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.spawnmesh.proxy.config.ProxyProperties.Mode;
import org.spawnmesh.proxy.host.HostAddress;

class HostAddressesTest {

  private static final Optional<InetSocketAddress> PEER =
      Optional.of(new InetSocketAddress("10.1.2.3", 54321));

  @Test
  void aSidecarsHostIsWhereItWasConfigured() {
    assertThat(new HostAddresses(Mode.SIDECAR, "10.0.0.7", 8091).of(PEER))
        .isEqualTo(new HostAddress("10.0.0.7", 8091));
  }

  @Test
  void allInterfacesAreThisMachine() {
    assertThat(new HostAddresses(Mode.SIDECAR, "0.0.0.0", 8090).of(PEER))
        .isEqualTo(new HostAddress("127.0.0.1", 8090));
  }

  @Test
  void aDaemonsHostIsWhereItsRegistrationCameFrom() {
    HostAddresses addresses = new HostAddresses(Mode.DAEMON, "10.0.0.7", 8090);

    assertThat(addresses.of(PEER)).isEqualTo(new HostAddress("10.1.2.3", 8090));
    assertThat(addresses.of(Optional.empty())).isEqualTo(new HostAddress("10.0.0.7", 8090));
    assertThat(addresses.of(Optional.of(new InetSocketAddress("::1", 1))).host())
        .isEqualTo("0:0:0:0:0:0:0:1");
  }
}
