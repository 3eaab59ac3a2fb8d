package org.spawnmesh.controller.desired;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRuleBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Who may speak to the pods of a host: anybody to its services, only its peers as a peer. Pure. */
final class HostNetworkPolicy {

  private HostNetworkPolicy() {}

  static NetworkPolicy of(Host host) {
    List<NetworkPolicyIngressRule> rules = new ArrayList<>();
    rules.add(services(host));
    if (!host.sqlite()) {
      rules.add(peers(host));
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

  private static NetworkPolicyIngressRule peers(Host host) {
    return new NetworkPolicyIngressRuleBuilder()
        .addNewFrom()
        .withNewPodSelector()
        .withMatchLabels(Map.of(Labels.SYSTEM, host.system()))
        .endPodSelector()
        .endFrom()
        .addNewPort()
        .withProtocol("TCP")
        .withNewPort(Host.PEER_PORT)
        .endPort()
        .build();
  }
}
