package org.spawnmesh.controller.desired;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.spawnmesh.controller.api.ActorSystem;
import org.spawnmesh.controller.api.ActorSystemSpec;
import org.spawnmesh.controller.api.ClusterSpec;
import org.spawnmesh.controller.api.Statestore;

/** What an actor system needs before any host is in it. Pure. */
public final class SystemObjects {

  private SystemObjects() {}

  /** In the order in which they are made. */
  public static List<HasMetadata> of(ActorSystem system) {
    List<HasMetadata> objects = new ArrayList<>();
    objects.add(serviceAccount(system));
    if (Membership.of(system.getSpec()) == Membership.KUBERNETES) {
      objects.add(role(system));
      objects.add(roleBinding(system));
    }
    objects.add(service(system));
    ClusterSpec.Tls tls = Tls.of(system.getSpec());
    if (tls != null) {
      objects.add(Tls.certificate(system, tls));
    }
    return objects;
  }

  /** How the nodes find each other: kubernetes, zookeeper or standalone. */
  public static String membership(ActorSystem system) {
    return Membership.of(system.getSpec()).type();
  }

  /** What of the spec has no effect, each with its reason. */
  public static List<String> ignored(ActorSystemSpec spec) {
    List<String> ignored = new ArrayList<>();
    Statestore statestore = spec.statestore();
    if (statestore.pool() != null) {
      ignored.add("statestore.pool: many changes share one commit, a few connections carry them");
    }
    ClusterSpec cluster = spec.cluster();
    if (cluster != null) {
      if (cluster.cookie() != null) {
        ignored.add("cluster.cookie: it is for Erlang; cluster.tls says who may join");
      }
      if (cluster.features() != null) {
        ignored.add("cluster.features: there is no Erlang and no NATS; see cluster.tls");
      }
      String kind = cluster.kind();
      if (kind != null && !kind.equalsIgnoreCase(Membership.of(spec).type())) {
        ignored.add(
            "cluster.kind %s: nodes find each other by %s"
                .formatted(kind, Membership.of(spec).type()));
      }
      if (Membership.of(spec) == Membership.STANDALONE && cluster.zookeeper() != null) {
        ignored.add("cluster.zookeeper: with Sqlite there is one node, which finds nobody");
      }
    }
    return ignored;
  }

  static ObjectMeta metadata(ActorSystem system, String suffix) {
    String name = system.getMetadata().getName();
    return new ObjectMetaBuilder()
        .withName(name + suffix)
        .withNamespace(system.getMetadata().getNamespace())
        .withLabels(Labels.ofSystem(name))
        .withOwnerReferences(Host.ownedBy(system))
        .build();
  }

  static String serviceAccountName(String system) {
    return system + "-sa";
  }

  private static ServiceAccount serviceAccount(ActorSystem system) {
    return new ServiceAccountBuilder()
        .withMetadata(metadata(system, "-sa"))
        .withAutomountServiceAccountToken(false)
        .build();
  }

  /** What membership by leases needs, and no more. */
  private static Role role(ActorSystem system) {
    return new RoleBuilder()
        .withMetadata(metadata(system, "-role"))
        .addNewRule()
        .withApiGroups("coordination.k8s.io")
        .withResources("leases")
        .withVerbs("get", "list", "watch", "create", "update", "delete")
        .endRule()
        .build();
  }

  private static RoleBinding roleBinding(ActorSystem system) {
    String name = system.getMetadata().getName();
    return new RoleBindingBuilder()
        .withMetadata(metadata(system, "-rolebinding"))
        .withNewRoleRef()
        .withApiGroup("rbac.authorization.k8s.io")
        .withKind("Role")
        .withName(name + "-role")
        .endRoleRef()
        .addNewSubject()
        .withKind("ServiceAccount")
        .withName(serviceAccountName(name))
        .withNamespace(system.getMetadata().getNamespace())
        .endSubject()
        .build();
  }

  /** All nodes of the system by name, also those that are not ready. */
  private static Service service(ActorSystem system) {
    String name = system.getMetadata().getName();
    ObjectMeta metadata = metadata(system, "");
    metadata.setName("system-" + name);
    return new ServiceBuilder()
        .withMetadata(metadata)
        .withNewSpec()
        .withClusterIP("None")
        .withPublishNotReadyAddresses(true)
        .withSelector(Map.of(Labels.SYSTEM, name))
        .addNewPort()
        .withName("spawn-peers")
        .withProtocol("TCP")
        .withPort(Host.PEER_PORT)
        .withNewTargetPort(Host.PEER_PORT)
        .endPort()
        .endSpec()
        .build();
  }
}
