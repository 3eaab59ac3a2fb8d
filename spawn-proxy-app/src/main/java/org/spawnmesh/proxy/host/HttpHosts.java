package org.spawnmesh.proxy.host;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.spawnmesh.host.ActorHost;
import org.spawnmesh.proxy.registration.Directory;
import reactor.netty.resources.LoopResources;

/** Hosts that are called over HTTP. Thread-safe. */
final class HttpHosts implements Hosts, AutoCloseable {

  private final HostProperties properties;
  private final LoopResources loops;
  private final LongSupplier nanoTime;
  private final MeterRegistry meters;
  private final Tls tls;
  private final Guards guards;
  private final Replies replies;
  private final ConcurrentHashMap<HostAddress, RemoteHost> hosts = new ConcurrentHashMap<>();

  HttpHosts(
      HostProperties properties,
      Directory directory,
      LoopResources loops,
      InstantSource clock,
      LongSupplier nanoTime,
      MeterRegistry meters,
      Tls tls) {
    this.properties = properties;
    this.loops = loops;
    this.nanoTime = nanoTime;
    this.meters = meters;
    this.tls = tls;
    this.guards = new Guards(properties, meters);
    this.replies = new Replies(directory, clock);
  }

  @Override
  public ActorHost at(HostAddress address) {
    RemoteHost known = hosts.get(address);
    return known != null ? known : hosts.computeIfAbsent(address, this::create);
  }

  private RemoteHost create(HostAddress address) {
    RandomGenerator random = new Random(); // shared by threads, which few generators allow
    Liveness liveness =
        new Liveness(
            address,
            Probe.of(address, properties.connectTimeout()),
            properties.patience(),
            properties.probeInterval(),
            nanoTime,
            random,
            Thread.ofVirtual().name("spawn-probe-" + address).factory());
    RemoteHost host =
        new RemoteHost(
            address,
            properties,
            new Connections(address, properties, loops, nanoTime, liveness::failed, tls),
            liveness,
            guards.bulkhead(address),
            new Circuit(
                guards.breaker(address),
                guards.limiter(address),
                properties.circuit().slowAfter(),
                nanoTime),
            replies,
            nanoTime,
            random);
    gauges(address, host);
    return host;
  }

  private void gauges(HostAddress address, RemoteHost host) {
    Gauge.builder("spawn.proxy.host.up", host, it -> it.reach() instanceof Reach.Up ? 1 : 0)
        .description("1 while the host can be reached")
        .tag("host", address.toString())
        .register(meters);
    Gauge.builder("spawn.proxy.host.connections", host, RemoteHost::openConnections)
        .description("Connections to the host")
        .tag("host", address.toString())
        .register(meters);
  }

  /** To be called when the node is drained: whatever is under way then is cut off. */
  @Override
  public void close() {
    hosts.values().forEach(RemoteHost::close);
  }
}
