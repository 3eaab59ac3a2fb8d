package org.spawnmesh.controller.desired;

import io.fabric8.kubernetes.api.model.Affinity;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.ContainerPortBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.controller.api.HostSpec;
import org.spawnmesh.controller.api.Resources;
import org.spawnmesh.controller.api.Sidecar;
import org.spawnmesh.controller.api.Topology;

/** The pods of a host: a proxy and the application beside it, or the application alone. Pure. */
final class PodSpecs {

  /** The container of the application, also when the engine is in it. */
  static final String APPLICATION = "actorhost";

  /** The container of the proxy. */
  static final String PROXY = "sidecar";

  static final String SCRATCH = "spawn-tmp";
  private static final String DATA = "spawn-data";
  private static final String CERTIFICATES = "spawn-tls";
  private static final String SOCKET = "spawn-socket";
  private static final String TOKEN = "spawn-token";
  private static final String TOKEN_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";
  private static final long NOBODY = 65_532L;

  private static final Resources NODE_RESOURCES =
      new Resources(
          Map.of("cpu", new Quantity("100m"), "memory", new Quantity("384Mi")),
          Map.of("memory", new Quantity("512Mi")));

  /** An autoscaler by CPU needs a request of every container. */
  private static final Resources APPLICATION_RESOURCES =
      new Resources(Map.of("cpu", new Quantity("100m"), "memory", new Quantity("128Mi")), null);

  private final Host host;
  private final NodeEnvironment environment;

  PodSpecs(Host host) {
    this.host = host;
    this.environment = new NodeEnvironment(host);
  }

  PodSpec pod() {
    Topology topology = host.spec().topology();
    PodSpecBuilder pod =
        new PodSpecBuilder()
            .withServiceAccountName(SystemObjects.serviceAccountName(host.system()))
            .withAutomountServiceAccountToken(false)
            .withTerminationGracePeriodSeconds(host.graceSeconds())
            .withNewSecurityContext()
            .withFsGroup(NOBODY)
            .withNewSeccompProfile()
            .withType("RuntimeDefault")
            .endSeccompProfile()
            .endSecurityContext()
            .withContainers(containers())
            .withVolumes(volumes())
            .withAffinity(Foreign.read(affinity(), Affinity.class))
            .withTopologySpreadConstraints(
                spread("topology.kubernetes.io/zone"), spread("kubernetes.io/hostname"));
    if (topology != null) {
      pod.withNodeSelector(topology.nodeSelector()).withTolerations(tolerations(topology));
    }
    String pullSecret = pullSecret();
    if (pullSecret != null) {
      pod.addNewImagePullSecret(pullSecret);
    }
    return pod.build();
  }

  private @Nullable String pullSecret() {
    String ref = host.app().pullSecretsRef();
    return ref == null ? host.app().pullSecretRef() : ref;
  }

  private @Nullable Map<String, Object> affinity() {
    Topology topology = host.spec().topology();
    Map<String, Object> affinity = topology == null ? null : topology.affinity();
    return affinity == null ? host.spec().affinity() : affinity;
  }

  private List<Container> containers() {
    return host.embedded() ? List.of(embedded()) : List.of(proxy(), application());
  }

  private Container proxy() {
    Sidecar sidecar = host.spec().sidecar();
    return node(PROXY)
        .withImage(Host.proxyImage(host.resource(), host.annotations(), host.settings()))
        .withEnv(merged(environment.own(), sidecar == null ? null : sidecar.env()))
        .withPorts(nodePorts())
        .withResources(resources(sidecar == null ? null : sidecar.resources(), NODE_RESOURCES))
        .withSecurityContext(locked())
        .withVolumeMounts(nodeMounts().toList())
        .build();
  }

  /** What software of ours is allowed. */
  static SecurityContext locked() {
    return new SecurityContextBuilder()
        .withRunAsNonRoot(true)
        .withRunAsUser(NOBODY)
        .withReadOnlyRootFilesystem(true)
        .withAllowPrivilegeEscalation(false)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .build();
  }

  private Container application() {
    return new ContainerBuilder()
        .withName(APPLICATION)
        .withImage(host.app().image())
        .withEnv(merged(environment.application(), host.app().env()))
        .withPorts(appPorts())
        .withResources(resources(host.app().resources(), APPLICATION_RESOURCES))
        // It answers the proxy until the proxy has drained.
        .withNewLifecycle()
        .withNewPreStop()
        .withNewSleep((long) Host.NOTICE_SECONDS + host.drainSeconds())
        .endPreStop()
        .endLifecycle()
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .endSecurityContext()
        .withVolumeMounts(Stream.concat(appMounts(), socketMount()).toList())
        .build();
  }

  private Container embedded() {
    return node(APPLICATION)
        .withImage(host.app().image())
        .withEnv(merged(environment.own(), host.app().env()))
        .withPorts(Stream.concat(appPorts().stream(), nodePorts().stream()).toList())
        .withResources(resources(host.app().resources(), NODE_RESOURCES))
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .endSecurityContext()
        .withVolumeMounts(Stream.concat(appMounts(), nodeMounts()).toList())
        .build();
  }

  /** What every container with a node in it has. */
  private ContainerBuilder node(String name) {
    return new ContainerBuilder()
        .withName(name)
        .addNewEnvFrom()
        .withNewConfigMapRef(HostObjects.configMapName(host), null)
        .endEnvFrom()
        .withNewLifecycle()
        .withNewPreStop()
        .withNewSleep((long) Host.NOTICE_SECONDS)
        .endPreStop()
        .endLifecycle()
        .withStartupProbe(probe("liveness", 1, 2, 120))
        .withLivenessProbe(probe("liveness", 10, 5, 6))
        .withReadinessProbe(probe("readiness", 2, 2, 2));
  }

  private Probe probe(String which, int period, int timeout, int failures) {
    return new ProbeBuilder()
        .withNewHttpGet()
        .withPath(HostObjects.healthPath(host) + "/" + which)
        .withNewPort(Host.NODE)
        .endHttpGet()
        .withPeriodSeconds(period)
        .withTimeoutSeconds(timeout)
        .withFailureThreshold(failures)
        .build();
  }

  private List<ContainerPort> nodePorts() {
    List<ContainerPort> ports = new ArrayList<>();
    host.nodePorts().forEach((name, number) -> ports.add(port(name, number, "TCP")));
    return ports;
  }

  private List<ContainerPort> appPorts() {
    return host.ports().stream()
        .map(
            it ->
                port(
                    it.name(),
                    it.containerPort(),
                    Objects.requireNonNullElse(it.protocol(), "TCP")))
        .toList();
  }

  private static ContainerPort port(String name, int number, String protocol) {
    return new ContainerPortBuilder()
        .withName(name)
        .withContainerPort(number)
        .withProtocol(protocol)
        .build();
  }

  /** Ours first, so that theirs may refer to it; theirs wins. */
  private static List<EnvVar> merged(
      List<EnvVar> ours, @Nullable List<HostSpec.EnvironmentVariable> theirs) {
    Map<String, EnvVar> merged = new LinkedHashMap<>();
    ours.forEach(variable -> merged.put(variable.getName(), variable));
    if (theirs != null) {
      theirs.forEach(it -> merged.put(it.name(), Foreign.variable(it)));
    }
    return List.copyOf(merged.values());
  }

  private static ResourceRequirements resources(@Nullable Resources wanted, Resources otherwise) {
    Resources resources = wanted == null ? otherwise : wanted;
    return new ResourceRequirementsBuilder()
        .withRequests(sorted(resources.requests()))
        .withLimits(sorted(resources.limits()))
        .build();
  }

  private static @Nullable Map<String, Quantity> sorted(@Nullable Map<String, Quantity> map) {
    return map == null ? null : new TreeMap<>(map);
  }

  private Stream<VolumeMount> nodeMounts() {
    List<VolumeMount> mounts = new ArrayList<>();
    if (!host.embedded()) {
      mounts.add(mount(SCRATCH, "/tmp", false));
    }
    if (host.sqlite()) {
      mounts.add(mount(DATA, NodeEnvironment.DATA, false));
    }
    if (Tls.of(host.systemSpec()) != null) {
      mounts.add(mount(CERTIFICATES, NodeEnvironment.TLS, true));
    }
    if (Membership.of(host.systemSpec()) == Membership.KUBERNETES) {
      mounts.add(mount(TOKEN, TOKEN_PATH, true));
    }
    return Stream.concat(mounts.stream(), socketMount());
  }

  private Stream<VolumeMount> socketMount() {
    String socket = host.annotations().socket();
    return socket == null
        ? Stream.empty()
        : Stream.of(mount(SOCKET, socket.substring(0, socket.lastIndexOf('/')), false));
  }

  private Stream<VolumeMount> appMounts() {
    List<HostSpec.Mount> mounts = Objects.requireNonNullElse(host.app().volumeMounts(), List.of());
    return mounts.stream()
        .map(
            it ->
                new VolumeMountBuilder(
                        mount(it.name(), it.mountPath(), Boolean.TRUE.equals(it.readOnly())))
                    .withSubPath(it.subPath())
                    .build());
  }

  private static VolumeMount mount(String volume, String path, boolean readOnly) {
    return new VolumeMountBuilder()
        .withName(volume)
        .withMountPath(path)
        .withReadOnly(readOnly ? true : null)
        .build();
  }

  private List<Volume> volumes() {
    List<Volume> volumes = new ArrayList<>();
    for (Map<String, Object> volume :
        Objects.requireNonNullElse(host.spec().volumes(), List.<Map<String, Object>>of())) {
      volumes.add(Objects.requireNonNull(Foreign.read(volume, Volume.class)));
    }
    if (!host.embedded()) {
      volumes.add(empty(SCRATCH));
    }
    if (host.annotations().socket() != null) {
      volumes.add(empty(SOCKET));
    }
    if (host.sqlite()) {
      volumes.add(
          new VolumeBuilder()
              .withName(DATA)
              .withNewPersistentVolumeClaim(HostObjects.claimName(host), false)
              .build());
    }
    if (Tls.of(host.systemSpec()) != null) {
      volumes.add(
          new VolumeBuilder()
              .withName(CERTIFICATES)
              .withNewSecret()
              .withSecretName(Tls.secret(host.system()))
              .endSecret()
              .build());
    }
    if (Membership.of(host.systemSpec()) == Membership.KUBERNETES) {
      volumes.add(token());
    }
    return volumes;
  }

  /** What the kubelet mounts by itself into all containers; here the application gets none. */
  private static Volume token() {
    return new VolumeBuilder()
        .withName(TOKEN)
        .withNewProjected()
        .addNewSource()
        .withNewServiceAccountToken()
        .withPath("token")
        .withExpirationSeconds(3607L)
        .endServiceAccountToken()
        .endSource()
        .addNewSource()
        .withNewConfigMap()
        .withName("kube-root-ca.crt")
        .addNewItem()
        .withKey("ca.crt")
        .withPath("ca.crt")
        .endItem()
        .endConfigMap()
        .endSource()
        .addNewSource()
        .withNewDownwardAPI()
        .addNewItem()
        .withPath("namespace")
        .withNewFieldRef()
        .withFieldPath("metadata.namespace")
        .endFieldRef()
        .endItem()
        .endDownwardAPI()
        .endSource()
        .endProjected()
        .build();
  }

  private static Volume empty(String name) {
    return new VolumeBuilder().withName(name).withNewEmptyDir().endEmptyDir().build();
  }

  private TopologySpreadConstraint spread(String topologyKey) {
    return new TopologySpreadConstraintBuilder()
        .withMaxSkew(1)
        .withTopologyKey(topologyKey)
        .withWhenUnsatisfiable("ScheduleAnyway")
        .withNewLabelSelector()
        .withMatchLabels(Labels.selector(host))
        .endLabelSelector()
        .build();
  }

  private static List<Toleration> tolerations(Topology topology) {
    return Objects.requireNonNullElse(topology.tolerations(), List.<Topology.Toleration>of())
        .stream()
        .map(
            it ->
                new TolerationBuilder()
                    .withKey(it.key())
                    .withOperator(it.operator())
                    .withValue(it.value())
                    .withEffect(it.effect())
                    .withTolerationSeconds(it.tolerationSeconds())
                    .build())
        .toList();
  }
}
