package org.spawnmesh.proxy.host;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.host.ActorHost;
import org.spawnmesh.proxy.acl.Policies;
import org.spawnmesh.proxy.memory.InFlight;
import org.spawnmesh.proxy.registration.Directory;
import org.springframework.util.unit.DataSize;
import reactor.netty.resources.LoopResources;

/** Hosts that are called over HTTP. Thread-safe. */
final class HttpHosts implements Hosts, AutoCloseable {

  private static final String UP = "spawn.proxy.host.up";
  private static final String CONNECTIONS = "spawn.proxy.host.connections";

  private final HostProperties properties;
  private final LoopResources loops;
  private final LongSupplier nanoTime;
  private final MeterRegistry meters;
  private final Tls tls;
  private final Watcher watcher;
  private final Guards guards;
  private final Replies replies;
  private final InFlight replyBytes;
  private final ConcurrentHashMap<HostAddress, RemoteHost> hosts = new ConcurrentHashMap<>();

  HttpHosts(
      HostProperties properties,
      Directory directory,
      Policies policies,
      LoopResources loops,
      InstantSource clock,
      LongSupplier nanoTime,
      MeterRegistry meters,
      Tls tls,
      Watcher watcher) {
    this.properties = properties;
    this.loops = loops;
    this.nanoTime = nanoTime;
    this.meters = meters;
    this.tls = tls;
    this.watcher = watcher;
    this.guards = new Guards(properties, meters);
    this.replies = new Replies(directory, clock, policies);
    DataSize limit = properties.replyBytesInFlight();
    this.replyBytes =
        new InFlight(
            "replies",
            "spawn.proxy.host.reply-bytes-in-flight",
            limit != null
                ? limit.toBytes()
                : Math.max(Runtime.getRuntime().maxMemory() / 8, properties.replySize().toBytes()));
    Gauge.builder("spawn.proxy.host.reply.bytes.in.flight", replyBytes, InFlight::bytes)
        .description("Memory that replies of hosts take until they are read")
        .baseUnit(BaseUnits.BYTES)
        .register(meters);
  }

  @Override
  public boolean isUp(HostAddress address) {
    return remote(address).reach() instanceof Reach.Up;
  }

  @Override
  public boolean isDown(HostAddress address) {
    return remote(address).reach() instanceof Reach.Down;
  }

  @Override
  public boolean isThere(HostAddress address) {
    return remote(address).look() instanceof Reach.Up;
  }

  @Override
  public ActorHost at(HostAddress address) {
    return remote(address);
  }

  private RemoteHost remote(HostAddress address) {
    RemoteHost known = hosts.get(address);
    return known != null ? known : hosts.computeIfAbsent(address, this::create);
  }

  @Override
  public void forget(HostAddress address) {
    RemoteHost gone = hosts.remove(address);
    if (gone != null) {
      gone.retire();
      guards.forget(address);
      meters.find(UP).tag("host", address.toString()).meters().forEach(meters::remove);
      meters.find(CONNECTIONS).tag("host", address.toString()).meters().forEach(meters::remove);
    }
  }

  /** The loopback address is one, whichever protocol it is written in. */
  @Override
  public boolean areAsked(InetAddress peer) {
    InetAddress other = peer.isLoopbackAddress() ? otherLoopback(peer) : null;
    return hosts.values().stream()
        .anyMatch(host -> host.isAsked(peer) || (other != null && host.isAsked(other)));
  }

  private static @Nullable InetAddress otherLoopback(InetAddress one) {
    try {
      if (one.equals(InetAddress.getByName("::1"))) {
        return InetAddress.getByName("127.0.0.1");
      }
      return one.equals(InetAddress.getByName("127.0.0.1")) ? InetAddress.getByName("::1") : null;
    } catch (UnknownHostException e) {
      throw new IllegalStateException("A literal address is not looked up", e);
    }
  }

  private RemoteHost create(HostAddress address) {
    RandomGenerator random = new Random(); // shared by threads, which few generators allow
    Liveness liveness =
        new Liveness(
            address,
            Probe.of(address, properties.connectTimeout()),
            properties.patience(),
            properties.takeover(),
            properties.probeInterval(),
            watcher,
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
            replyBytes,
            nanoTime,
            random);
    gauges(address, host);
    return host;
  }

  private void gauges(HostAddress address, RemoteHost host) {
    Gauge.builder(UP, host, it -> it.reach() instanceof Reach.Up ? 1 : 0)
        .description("1 while the host can be reached")
        .tag("host", address.toString())
        .register(meters);
    Gauge.builder(CONNECTIONS, host, RemoteHost::openConnections)
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
