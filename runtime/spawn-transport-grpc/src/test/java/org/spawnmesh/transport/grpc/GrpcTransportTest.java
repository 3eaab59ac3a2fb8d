package org.spawnmesh.transport.grpc;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.spawnmesh.cluster.PeerTransport;
import org.spawnmesh.cluster.PeerTransport.Inbox;
import org.spawnmesh.test.cluster.PeerTransportContract;
import org.spawnmesh.time.SystemTimers;
import org.spawnmesh.time.Timers;

/** The contract over real sockets, with a piece of network in between that can be broken. */
class GrpcTransportTest extends PeerTransportContract {

  static final GrpcTransportSettings SETTINGS =
      GrpcTransportSettings.DEFAULTS
          .withInvocations(12_000, 64 << 20)
          .withSilence(Duration.ofSeconds(1), Duration.ofSeconds(2))
          .withConnectTimeout(Duration.ofSeconds(1))
          .withBackoff(Duration.ofMillis(5), Duration.ofMillis(50))
          .withCloseTimeout(Duration.ofMillis(500));

  private static final SystemTimers TIMERS =
      new SystemTimers(Thread.ofPlatform().daemon().name("timers").factory());

  private final List<Relay> relays = new ArrayList<>();

  @AfterEach
  void closeRelays() {
    relays.forEach(Relay::close);
  }

  @AfterAll
  static void stopTimers() {
    TIMERS.close();
  }

  protected @Nullable MutualTls tls() {
    return null;
  }

  @Override
  protected Timers timers() {
    return TIMERS;
  }

  @Override
  protected int invocationLimit() {
    return 12_000;
  }

  @Override
  protected Place place() throws IOException {
    var relay = new Relay();
    relays.add(relay);
    return new Place() {
      @Override
      public String address() {
        return relay.address();
      }

      @Override
      public PeerTransport start(Inbox inbox, Timers timers) throws IOException {
        var transport =
            new GrpcTransport(
                ListenAddress.LOOPBACK,
                SETTINGS,
                tls(),
                timers,
                new Random(),
                Thread.ofPlatform().daemon().name("loop-", 0).factory());
        relay.to(ListenAddress.parse(transport.start(inbox)).getPort());
        return transport;
      }

      @Override
      public void cut() {
        relay.cut();
      }

      @Override
      public void kill() {
        relay.kill();
      }

      @Override
      public void silence() {
        relay.silence();
      }
    };
  }
}
