package org.spawnmesh.controller.desired;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategy;
import io.fabric8.kubernetes.api.model.apps.DeploymentStrategyBuilder;
import java.util.LinkedHashMap;
import java.util.Map;

/** The deployment of a host. Pure. */
final class HostDeployment {

  private static final String CONFIG = Annotations.PREFIX + "config";

  private HostDeployment() {}

  static Deployment of(Host host, String config) {
    return new DeploymentBuilder()
        .withMetadata(host.metadata(""))
        .withNewSpec()
        .withReplicas(host.replicas())
        .withRevisionHistoryLimit(3)
        .withNewSelector()
        .withMatchLabels(Labels.selector(host))
        .endSelector()
        .withStrategy(strategy(host))
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(Labels.of(host))
        .withAnnotations(annotations(host, config))
        .endMetadata()
        .withSpec(new PodSpecs(host).pod())
        .endTemplate()
        .endSpec()
        .build();
  }

  /** A new pod takes calls before an old one stops; with a file, the old one stops first. */
  private static DeploymentStrategy strategy(Host host) {
    if (host.sqlite()) {
      return new DeploymentStrategyBuilder().withType("Recreate").build();
    }
    return new DeploymentStrategyBuilder()
        .withType("RollingUpdate")
        .withNewRollingUpdate()
        .withMaxSurge(new IntOrString(1))
        .withMaxUnavailable(new IntOrString(0))
        .endRollingUpdate()
        .build();
  }

  private static Map<String, String> annotations(Host host, String config) {
    Map<String, String> annotations = new LinkedHashMap<>();
    annotations.put(CONFIG, config);
    if (host.annotations().metrics()) {
      annotations.put("prometheus.io/scrape", "true");
      annotations.put("prometheus.io/port", String.valueOf(host.annotations().httpPort()));
      annotations.put("prometheus.io/path", HostObjects.metricsPath(host));
    }
    return annotations;
  }
}
