package org.spawnmesh.controller;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.cloud.client.ServiceInstance;
import org.springframework.cloud.client.discovery.DiscoveryClient;
import org.springframework.stereotype.Component;

/**
 * The meshes of the cluster and the addresses of their nodes, ready or not, as discovery knows
 * them.
 */
@Component
@Endpoint(id = "meshes")
class MeshesEndpoint {

  /** Each actor system has a headless service of this name and its own. */
  private static final String SERVICE = "system-";

  private static final String NAMESPACE = "k8s_namespace";

  private final DiscoveryClient discovery;

  MeshesEndpoint(DiscoveryClient discovery) {
    this.discovery = discovery;
  }

  /** By namespace and system, as "default/shop". */
  @ReadOperation
  Map<String, List<String>> meshes() {
    Map<String, List<String>> meshes = new TreeMap<>();
    for (String service : discovery.getServices()) {
      if (service.startsWith(SERVICE)) {
        for (ServiceInstance node : discovery.getInstances(service)) {
          Map<String, String> metadata = node.getMetadata();
          String namespace = metadata == null ? null : metadata.get(NAMESPACE);
          String system = namespace + "/" + service.substring(SERVICE.length());
          meshes
              .computeIfAbsent(system, it -> new ArrayList<>())
              .add(node.getHost() + ":" + node.getPort());
        }
      }
    }
    meshes.values().forEach(nodes -> nodes.sort(null));
    return meshes;
  }
}
