package org.spawnmesh.admin;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** All nodes that are found, wherever. Thread-safe; never blocks. */
record Discovered(List<FoundNodes> places) implements Supplier<List<URI>>, AutoCloseable {

  /** Where the properties say; nowhere, if they say nothing. */
  static Discovered of(AdminProperties properties) {
    List<Discovery> all = new ArrayList<>();
    AdminProperties.Discovery wanted = properties.discovery();
    if (wanted.zookeeper().connectString() != null) {
      Library.ZOOKEEPER.require("spawn.admin.discovery.zookeeper.connect-string");
      all.add(new ZooKeeperDiscovery(wanted.zookeeper()));
    }
    if (wanted.kubernetes().enabled()) {
      Library.KUBERNETES.require("spawn.admin.discovery.kubernetes.enabled");
      AdminProperties.Kubernetes cluster = properties.kubernetes();
      all.add(
          new KubernetesDiscovery(
              KubernetesApi.of(cluster),
              cluster.namespaces(),
              wanted.kubernetes(),
              properties.sslBundle() == null ? "http" : "https"));
    }
    return new Discovered(
        all.stream()
            .map(
                each ->
                    new FoundNodes(
                        each,
                        search -> Thread.ofVirtual().name("spawn-console-discovery").start(search),
                        System::nanoTime))
            .toList());
  }

  @Override
  public List<URI> get() {
    return places.stream().flatMap(place -> place.get().stream()).distinct().toList();
  }

  @Override
  public void close() {
    places.forEach(FoundNodes::close);
  }
}
