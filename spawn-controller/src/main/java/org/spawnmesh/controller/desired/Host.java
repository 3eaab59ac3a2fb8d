package org.spawnmesh.controller.desired;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.controller.api.ActorHost;
import org.spawnmesh.controller.api.ActorHostSpec;
import org.spawnmesh.controller.api.ActorSystem;
import org.spawnmesh.controller.api.ActorSystemSpec;
import org.spawnmesh.controller.api.Autoscaler;
import org.spawnmesh.controller.api.HostSpec;
import org.spawnmesh.controller.api.ManagementSpec;
import org.spawnmesh.controller.api.Sidecar;

/**
 * An actor host with all that its objects are made of. Immutable, if the resources are left alone.
 */
record Host(ActorHost resource, ActorSystem owner, Annotations annotations, Settings settings) {

  /** Where nodes listen for their peers. */
  static final int PEER_PORT = 9980;

  /** Where nodes answer the console, if their system opens that. */
  static final int MANAGEMENT_PORT = 9091;

  /** The port on which the proxy takes calls and a node is asked how it is. */
  static final String NODE = "proxy-http";

  private static final String PEERS = "spawn-peers";
  private static final String MANAGEMENT = "spawn-manage";

  /** How long load balancers may need to hear that a pod stops. */
  static final int NOTICE_SECONDS = 5;

  private static final int DEFAULT_DRAIN_SECONDS = 25;

  /** After the drain: connections are closed, the database is left. */
  private static final int GOODBYE_SECONDS = 10;

  private static final int DEFAULT_APP_PORT = 8090;
  private static final int SDK_APP_PORT = 8091;

  String name() {
    return resource.getMetadata().getName();
  }

  String namespace() {
    return resource.getMetadata().getNamespace();
  }

  String system() {
    return annotations.system();
  }

  ActorHostSpec spec() {
    return resource.getSpec();
  }

  HostSpec app() {
    return spec().host();
  }

  ActorSystemSpec systemSpec() {
    return owner.getSpec();
  }

  boolean embedded() {
    return Boolean.TRUE.equals(app().embedded());
  }

  boolean sqlite() {
    return Database.of(systemSpec().statestore()) == Database.SQLITE;
  }

  List<HostSpec.Port> ports() {
    return Objects.requireNonNullElse(app().ports(), List.of());
  }

  /** The Secret with what a console shows to the node; null if its management API is closed. */
  @Nullable String managementTokenRef() {
    ManagementSpec management = systemSpec().management();
    return management == null ? null : management.tokenSecretRef();
  }

  /** Where the node itself listens, by the names of these ports. */
  Map<String, Integer> nodePorts() {
    Map<String, Integer> ports = new LinkedHashMap<>();
    ports.put(NODE, annotations.httpPort());
    if (!sqlite()) {
      ports.put(PEERS, PEER_PORT);
    }
    if (managementTokenRef() != null) {
      ports.put(MANAGEMENT, MANAGEMENT_PORT);
    }
    return ports;
  }

  /**
   * Where the application takes actions. Without an annotation 8090, unless it declares 8091 and
   * not 8090: that is where the SDKs for Java, Spring Boot and Python listen.
   */
  int appPort() {
    Integer annotated = annotations.appPort();
    if (annotated != null) {
      return annotated;
    }
    return declares(SDK_APP_PORT) && !declares(DEFAULT_APP_PORT) ? SDK_APP_PORT : DEFAULT_APP_PORT;
  }

  private boolean declares(int port) {
    return ports().stream().anyMatch(it -> it.containerPort() == port);
  }

  /** The image of a host's proxy, and of what calls its actors. */
  static String proxyImage(ActorHost host, Annotations annotations, Settings settings) {
    Sidecar sidecar = host.getSpec().sidecar();
    String wanted = sidecar == null ? null : sidecar.image();
    if (wanted == null) {
      wanted = annotations.image();
    }
    return wanted == null ? settings.proxyImage() : wanted;
  }

  int drainSeconds() {
    Integer seconds = spec().drainTimeoutSeconds();
    return seconds == null ? DEFAULT_DRAIN_SECONDS : seconds;
  }

  long graceSeconds() {
    long needed = NOTICE_SECONDS + drainSeconds() + GOODBYE_SECONDS;
    Long wanted = spec().terminationGracePeriodSeconds();
    return wanted == null ? needed : Math.max(needed, wanted);
  }

  /** An autoscaler moves the number between its bounds; it never leaves them. */
  int replicas() {
    Integer wanted = spec().replicas();
    int replicas = wanted == null ? 1 : wanted;
    Autoscaler autoscaler = spec().autoscaler();
    return autoscaler == null || replicas == 0
        ? replicas
        : Math.clamp(replicas, least(autoscaler), autoscaler.max());
  }

  static int least(Autoscaler autoscaler) {
    Integer min = autoscaler.min();
    return min == null ? 1 : min;
  }

  /** Of an object that belongs to this host and is deleted with it. */
  ObjectMeta metadata(String suffix) {
    return new ObjectMetaBuilder()
        .withName(name() + suffix)
        .withNamespace(namespace())
        .withLabels(Labels.of(this))
        .withOwnerReferences(ownedBy(resource))
        .build();
  }

  static OwnerReference ownedBy(CustomResource<?, ?> owner) {
    return new OwnerReferenceBuilder()
        .withApiVersion(owner.getApiVersion())
        .withKind(owner.getKind())
        .withName(owner.getMetadata().getName())
        .withUid(owner.getMetadata().getUid())
        .withController(true)
        .withBlockOwnerDeletion(true)
        .build();
  }
}
