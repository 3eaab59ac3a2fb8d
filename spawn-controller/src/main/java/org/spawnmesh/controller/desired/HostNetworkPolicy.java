package org.spawnmesh.controller.desired;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRuleBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Who may speak to the pods of a host: anybody to its services, only its peers as a peer, and only
 * a console to its management API. Pure.
 */
final class HostNetworkPolicy {

  private HostNetworkPolicy() {}

  static NetworkPolicy of(Host host) {
    List<NetworkPolicyIngressRule> rules = new ArrayList<>();
    rules.add(services(host));
    if (!host.sqlite()) {
      rules.add(only(Labels.SYSTEM, host.system(), Host.PEER_PORT));
    }
    if (host.managementTokenRef() != null) {
      rules.add(only(Labels.CONSOLE, "true", Host.MANAGEMENT_PORT));
    }
    return new NetworkPolicyBuilder()
        .withMetadata(host.metadata(""))
        .withNewSpec()
        .withNewPodSelector()
        .withMatchLabels(Labels.selector(host))
        .endPodSelector()
        .withPolicyTypes("Ingress")
        .withIngress(rules)
        .endSpec()
        .build();
  }

  private static NetworkPolicyIngressRule services(Host host) {
    NetworkPolicyIngressRuleBuilder rule = new NetworkPolicyIngressRuleBuilder();
    rule.addNewPort().withProtocol("TCP").withNewPort(host.annotations().httpPort()).endPort();
    host.ports()
        .forEach(
            it ->
                rule.addNewPort()
                    .withProtocol(Objects.requireNonNullElse(it.protocol(), "TCP"))
                    .withNewPort(it.containerPort())
                    .endPort());
    return rule.build();
  }

  /** Pods of this namespace with that label. */
  private static NetworkPolicyIngressRule only(String label, String value, int port) {
    return new NetworkPolicyIngressRuleBuilder()
        .addNewFrom()
        .withNewPodSelector()
        .withMatchLabels(Map.of(label, value))
        .endPodSelector()
        .endFrom()
        .addNewPort()
        .withProtocol("TCP")
        .withNewPort(port)
        .endPort()
        .build();
  }
}
