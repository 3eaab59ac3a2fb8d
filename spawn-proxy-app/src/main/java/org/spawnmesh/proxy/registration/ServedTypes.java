package org.spawnmesh.proxy.registration;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.proxy.host.HostAddress;
import org.spawnmesh.proxy.host.Hosts;
import org.spawnmesh.runtime.Share;
import org.spawnmesh.runtime.SpawnNode;

/**
 * Which host serves which actor type, and so which part this node takes in it: none that others can
 * take while the host is away, its own as soon as the host is back. Thread-safe.
 *
 * <pre>
 * host up ──away, and others run the same──► down: STANDBY ──connected──► up: FULL
 * </pre>
 */
final class ServedTypes implements Hosts.Watcher {

  private static final Logger log = LoggerFactory.getLogger(ServedTypes.class);

  private final SpawnNode node;
  private final Cluster cluster;
  private final Hosts hosts;
  private final Executor background;
  private final Map<ActorType, HostAddress> byType = new ConcurrentHashMap<>();

  ServedTypes(SpawnNode node, Cluster cluster, Hosts hosts, Executor background) {
    this.node = node;
    this.cluster = cluster;
    this.hosts = hosts;
    this.background = background;
  }

  void begin(Collection<ActorType> types, HostAddress host) {
    types.forEach(type -> byType.put(type, host));
    review(host); // it may have come or gone since its share was decided
  }

  void end(Collection<ActorType> types) {
    types.forEach(byType::remove);
  }

  Set<HostAddress> hosts() {
    return Set.copyOf(byType.values());
  }

  List<ActorType> of(HostAddress host) {
    return byType.entrySet().stream()
        .filter(entry -> entry.getValue().equals(host))
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * The part in types whose host registered before this proxy was started: others go on with them
   * if it is not there. Blocks.
   */
  Share restored(Collection<ActorType> types, HostAddress host) {
    return isServedElsewhere(types) && !hosts.isThere(host) ? Share.STANDBY : Share.FULL;
  }

  @Override
  public boolean isReplaceable(HostAddress host) {
    return isServedElsewhere(of(host));
  }

  private boolean isServedElsewhere(Collection<ActorType> types) {
    return !types.isEmpty() && types.stream().allMatch(cluster::isServedElsewhere);
  }

  @Override
  public void changed(HostAddress host) {
    try {
      background.execute(() -> review(host));
    } catch (RejectedExecutionException e) {
      log.debug("Nobody asks any more whether host {} is there: the proxy ends", host);
    }
  }

  /** One at a time: what is decided last is what is. */
  private synchronized void review(HostAddress host) {
    Share share = share(host);
    if (share != null) {
      node.share(of(host), share);
    }
  }

  /** Null if it stays as it is. */
  private @Nullable Share share(HostAddress host) {
    if (hosts.isUp(host)) {
      return Share.FULL;
    }
    return hosts.isDown(host) ? Share.STANDBY : null;
  }
}
