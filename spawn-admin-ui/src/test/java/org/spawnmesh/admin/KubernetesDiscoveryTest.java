package org.spawnmesh.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KubernetesDiscoveryTest extends DiscoveryContract {

  private static final String PODS = "/api/v1/namespaces/live/pods/";

  private FakeKubernetes cluster;

  @Override
  Discovery discovery() throws Exception {
    cluster = new FakeKubernetes();
    return discovery(List.of());
  }

  private Discovery discovery(List<String> namespaces) {
    return new KubernetesDiscovery(
        KubernetesApi.of(cluster.properties()),
        namespaces,
        new AdminProperties.Discovery.Kubernetes(true, "spawn-eigr.io/actor-system", 9091),
        "http");
  }

  @AfterEach
  void close() {
    cluster.close();
  }

  private void pod(String host, String label, String phase) {
    cluster.put(
        PODS + host,
        """
        metadata: {name: pod, labels: {%s: shop}}
        status: {phase: %s, podIP: "%s"}
        """
            .formatted(label, phase, host));
  }

  @Override
  void begins(String host) {
    pod(host, "spawn-eigr.io/actor-system", "Running");
  }

  @Override
  void ends(String host) {
    cluster.remove(PODS + host);
  }

  @Override
  void isThereWithoutOne(String host) {
    pod(host, "app", "Running");
    pod("10.0.0.5", "spawn-eigr.io/actor-system", "Pending");
  }

  @Override
  void silence() {
    cluster.close();
  }

  @Test
  void onlyTheNamespacesThatAreNamedAreAsked() throws Exception {
    begins("10.0.0.7");
    begins("fd00::7");
    cluster.fault("/api/v1/pods", 403); // what a role in one namespace does not allow
    try (Discovery narrow = discovery(List.of("test", "live"))) {
      assertThat(narrow.find())
          .containsExactly(URI.create("http://10.0.0.7:9091"), URI.create("http://[fd00::7]:9091"));
    }
  }
}
