package org.spawnmesh.controller.desired;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.spawnmesh.controller.api.ActorHost;
import org.spawnmesh.controller.api.ActorSystem;
import org.spawnmesh.controller.api.Autoscaler;

/** What shall exist for an actor host. Pure. */
public final class HostObjects {

  private static final String HTTP_PORT = Annotations.PREFIX + "sidecar-http-port";

  private HostObjects() {}

  /**
   * All objects, or why there are none. What is ignored is told in either case.
   *
   * @param hosts all hosts of that system, this one included
   */
  public static Desired of(
      ActorHost resource, ActorSystem system, List<String> hosts, Settings settings) {
    boolean embedded = Boolean.TRUE.equals(resource.getSpec().host().embedded());
    Annotations annotations = Annotations.of(resource, embedded);
    Host host = new Host(resource, system, annotations, settings);
    List<String> ignored = new ArrayList<>(annotations.ignored());
    if (resource.getSpec().host().taskActors() != null) {
      ignored.add("host.taskActors: tasks run like named actors");
    }
    if (embedded && resource.getSpec().sidecar() != null) {
      ignored.add("sidecar: the engine runs inside the application, there is no proxy");
    }
    List<String> wrong = new ArrayList<>(annotations.wrong());
    wrong.addAll(oneNode(host, hosts));
    wrong.addAll(portsTaken(host));
    List<HasMetadata> objects = new ArrayList<>();
    if (wrong.isEmpty()) {
      try {
        objects.addAll(all(host));
      } catch (IllegalArgumentException e) {
        wrong.add(String.valueOf(e.getMessage()));
      }
    }
    return new Desired(wrong.isEmpty() ? objects : List.of(), ignored, wrong);
  }

  private static List<HasMetadata> all(Host host) {
    List<HasMetadata> objects = new ArrayList<>();
    ConfigMap config = configMap(host);
    objects.add(config);
    if (host.sqlite()) {
      objects.add(claim(host));
    }
    objects.add(service(host));
    if (!Boolean.FALSE.equals(host.spec().networkPolicy())) {
      objects.add(HostNetworkPolicy.of(host));
    }
    objects.add(HostDeployment.of(host, digest(config.getData())));
    objects.add(disruptionBudget(host));
    if (host.spec().autoscaler() != null) {
      objects.add(HostAutoscaler.of(host));
    }
    if (host.settings().serviceMonitors() && host.annotations().metrics()) {
      objects.add(serviceMonitor(host));
    }
    return objects;
  }

  /** A file belongs to one node. */
  private static List<String> oneNode(Host host, List<String> hosts) {
    if (!host.sqlite()) {
      return List.of();
    }
    List<String> wrong = new ArrayList<>();
    Autoscaler autoscaler = host.spec().autoscaler();
    int most =
        autoscaler == null
            ? Objects.requireNonNullElse(host.spec().replicas(), 1)
            : autoscaler.max();
    if (most > 1) {
      wrong.add(
          "%d replicas are asked for, and actor system %s keeps its actors with Sqlite, in a file"
                  .formatted(most, host.system())
              + " that one node has for itself; set replicas to 1, or statestore.type to a server"
              + " such as Postgres");
    }
    hosts.stream()
        .sorted()
        .findFirst()
        .filter(first -> !first.equals(host.name()))
        .ifPresent(
            first ->
                wrong.add(
                    "actor system %s keeps its actors with Sqlite, in a file that one node has for"
                            .formatted(host.system())
                        + " itself, and %s is in it; set statestore.type to a server such as"
                            .formatted(first)
                        + " Postgres, or give this host another system"));
    return wrong;
  }

  /** All containers of a pod share its ports. */
  private static List<String> portsTaken(Host host) {
    int http = host.annotations().httpPort();
    List<String> wrong = new ArrayList<>();
    host.nodePorts()
        .forEach(
            (name, number) -> {
              if (number == http && !name.equals(Host.NODE)) {
                wrong.add(
                    "annotation %s is %d, which is the node's port %s; choose another"
                        .formatted(HTTP_PORT, http, name));
              }
            });
    host.ports().stream()
        .filter(port -> host.nodePorts().containsValue(port.containerPort()))
        .map(
            port ->
                "port %d (%s) is the node's own; give the application another%s"
                    .formatted(
                        port.containerPort(),
                        port.name(),
                        port.containerPort() == http ? ", or set " + HTTP_PORT : ""))
        .forEach(wrong::add);
    return wrong;
  }

  static String configMapName(Host host) {
    return host.name() + "-node";
  }

  static String claimName(Host host) {
    return host.name() + "-data";
  }

  static String healthPath(Host host) {
    return host.embedded() || host.annotations().socket() != null ? "/actuator/health" : "/health";
  }

  static String metricsPath(Host host) {
    return healthPath(host).equals("/health") ? "/metrics" : "/actuator/prometheus";
  }

  private static ConfigMap configMap(Host host) {
    Map<String, String> data = new NodeEnvironment(host).shared();
    // With a server, the address has secrets in it, and is in the pod.
    if (host.embedded() && !host.sqlite()) {
      data.remove("SPAWN_STATESTORE_URL");
    }
    return new ConfigMapBuilder()
        .withMetadata(host.metadata("-node"))
        .withData(new TreeMap<>(data))
        .build();
  }

  /** It outlives the host: what was acknowledged is not lost by deleting a resource. */
  private static PersistentVolumeClaim claim(Host host) {
    ObjectMeta metadata = host.metadata("-data");
    metadata.setOwnerReferences(List.of());
    Quantity size = host.systemSpec().statestore().storage();
    return new PersistentVolumeClaimBuilder()
        .withMetadata(metadata)
        .withNewSpec()
        .withAccessModes("ReadWriteOnce")
        .withNewResources()
        .addToRequests("storage", size == null ? new Quantity("1Gi") : size)
        .endResources()
        .endSpec()
        .build();
  }

  private static Service service(Host host) {
    List<ServicePort> ports = new ArrayList<>();
    host.ports()
        .forEach(
            it ->
                ports.add(
                    port(
                        it.name(),
                        it.containerPort(),
                        Objects.requireNonNullElse(it.protocol(), "TCP"))));
    ports.add(port(Host.NODE, host.annotations().httpPort(), "TCP"));
    return new ServiceBuilder()
        .withMetadata(host.metadata(""))
        .withNewSpec()
        .withSelector(Labels.selector(host))
        .withPorts(ports)
        .endSpec()
        .build();
  }

  private static ServicePort port(String name, int number, String protocol) {
    return new ServicePortBuilder()
        .withName(name)
        .withProtocol(protocol)
        .withPort(number)
        .withNewTargetPort(number)
        .build();
  }

  private static PodDisruptionBudget disruptionBudget(Host host) {
    return new PodDisruptionBudgetBuilder()
        .withMetadata(host.metadata(""))
        .withNewSpec()
        .withNewMaxUnavailable(1)
        .withNewSelector()
        .withMatchLabels(Labels.selector(host))
        .endSelector()
        .endSpec()
        .build();
  }

  private static GenericKubernetesResource serviceMonitor(Host host) {
    GenericKubernetesResource monitor =
        Serialization.unmarshal(
            """
            ---
            apiVersion: monitoring.coreos.com/v1
            kind: ServiceMonitor
            spec:
              selector:
                matchLabels:
                  %s: %s
                  %s: %s
              endpoints:
              - port: %s
                path: %s
            """
                .formatted(
                    Labels.HOST,
                    host.name(),
                    Labels.SYSTEM,
                    host.system(),
                    Host.NODE,
                    metricsPath(host)),
            GenericKubernetesResource.class);
    monitor.setMetadata(host.metadata(""));
    return monitor;
  }

  /** Changes when any of this does; the pods are replaced then. */
  static String digest(Map<String, String> data) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(new TreeMap<>(data).toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }
}
