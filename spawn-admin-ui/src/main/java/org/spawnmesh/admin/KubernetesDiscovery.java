package org.spawnmesh.admin;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The pods that the controller labelled with their actor system. Pods and not the addresses of a
 * service: a node that is not ready is one that people want to see.
 */
final class KubernetesDiscovery implements Discovery {

  private final KubernetesApi api;
  private final List<String> namespaces;
  private final String selector;
  private final String scheme;
  private final int port;

  /**
   * @param namespaces empty for all
   * @param scheme of the management APIs, http or https
   */
  KubernetesDiscovery(
      KubernetesApi api,
      List<String> namespaces,
      AdminProperties.Discovery.Kubernetes properties,
      String scheme) {
    this.api = api;
    this.namespaces = List.copyOf(namespaces);
    this.selector = properties.selector();
    this.port = properties.port();
    this.scheme = scheme;
  }

  @Override
  public List<URI> find() {
    List<JsonNode> pods = new ArrayList<>();
    Map<String, String> query = Map.of("labelSelector", selector);
    if (namespaces.isEmpty()) {
      pods.addAll(api.list("/api/v1/pods", query));
    }
    for (String namespace : namespaces) {
      pods.addAll(api.list("/api/v1/namespaces/{ns}/pods", query, namespace));
    }
    return pods.stream()
        .filter(pod -> pod.at("/status/phase").asString("").equals("Running"))
        .map(pod -> pod.at("/status/podIP").asString(""))
        .filter(ip -> !ip.isEmpty())
        .map(
            ip ->
                URI.create(
                    "%s://%s:%d".formatted(scheme, ip.contains(":") ? "[" + ip + "]" : ip, port)))
        .sorted()
        .toList();
  }

  @Override
  public void close() {
    api.close();
  }
}
