package org.spawnmesh.proxy.host;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.host.ActorHost;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.proxy.acl.Policies;
import org.spawnmesh.proxy.registration.Directory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import reactor.netty.resources.LoopResources;

/** Hosts over HTTP with everything around them that they need. */
final class TestHosts implements AutoCloseable {

  static final ActorId JOE = ActorId.of("shop", "joe", "joe");

  /** Everybody is NAMED. */
  static final Directory NAMED = (system, name, ref) -> ActorId.of(system, name, name);

  static final Hosts.Watcher NOBODY =
      new Hosts.Watcher() {
        @Override
        public boolean isReplaceable(HostAddress host) {
          return false;
        }

        @Override
        public void changed(HostAddress host) {}
      };

  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final HttpHosts hosts;
  private final LoopResources loops = LoopResources.create("test", 1, true);

  /**
   * @param properties names without {@code spawn.proxy.host.} and values
   */
  TestHosts(String... properties) {
    Leaks.forget();
    hosts =
        new HttpHosts(
            properties(properties),
            NAMED,
            Policies.NONE,
            loops,
            InstantSource.system(),
            System::nanoTime,
            meters,
            Tls.NONE,
            NOBODY);
  }

  static HostProperties properties(String... namesAndValues) {
    MapConfigurationPropertySource source = new MapConfigurationPropertySource();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      source.put("spawn.proxy.host." + namesAndValues[i], namesAndValues[i + 1]);
    }
    return new Binder(source).bindOrCreate("spawn.proxy.host", HostProperties.class);
  }

  ActorHost at(RawHost host) {
    return hosts.at(host.address());
  }

  HostReply call(RawHost host) throws Exception {
    return at(host).call(call(Duration.ofSeconds(20)));
  }

  HostReply call(RawHost host, Duration within) throws Exception {
    return at(host).call(call(within));
  }

  static HostCall call(Duration within) {
    return call(Payload.NONE, null, within);
  }

  static HostCall call(Payload payload, @Nullable Payload state, Duration within) {
    return new HostCall(
        Invocation.ask(JOE, "add", payload),
        System.nanoTime() + within.toNanos(),
        state,
        Map.of(),
        1);
  }

  static HostCall callWith(Map<String, String> metadata) {
    Invocation invocation = Invocation.ask(JOE, "add", Payload.NONE).withMetadata(metadata);
    return new HostCall(
        invocation, System.nanoTime() + Duration.ofSeconds(20).toNanos(), null, Map.of(), 1);
  }

  /** As at the end of a proxy's life. */
  void endLoops() {
    loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block();
  }

  double replyBytes() {
    return meters.get("spawn.proxy.host.reply.bytes.in.flight").gauge().value();
  }

  @Override
  public void close() {
    hosts.close();
    endLoops();
    Leaks.expectNone();
  }
}
