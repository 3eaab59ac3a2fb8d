package org.spawnmesh.controller.install;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.PolicyRuleBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.RoleBuilder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What runs the controller in a cluster.
 *
 * @param namespace it runs in
 * @param image of the controller
 * @param proxyImage where a host names none
 */
public record Installation(String namespace, String image, String proxyImage) {

  public static final Installation DEFAULT =
      new Installation("spawn", "spawn-controller:0.1.0-SNAPSHOT", "spawn-proxy:0.1.0-SNAPSHOT");

  private static final String NAME = "spawn-controller";
  private static final Map<String, String> LABELS = Map.of("app.kubernetes.io/name", NAME);

  List<HasMetadata> access() {
    return List.of(
        new ServiceAccountBuilder().withMetadata(metadata()).build(),
        new ClusterRoleBuilder().withMetadata(everywhere()).withRules(clusterRules()).build(),
        new ClusterRoleBindingBuilder()
            .withMetadata(everywhere())
            .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", NAME)
            .addNewSubject("", "ServiceAccount", NAME, namespace)
            .build(),
        new RoleBuilder().withMetadata(metadata()).withRules(ownRules()).build(),
        new RoleBindingBuilder()
            .withMetadata(metadata())
            .withNewRoleRef("rbac.authorization.k8s.io", "Role", NAME)
            .addNewSubject("", "ServiceAccount", NAME, namespace)
            .build());
  }

  /** What is read and written for the resources of users, wherever they are. */
  public static List<PolicyRule> clusterRules() {
    return List.of(
        rule("spawn-eigr.io", "actorsystems,actorhosts", "get,list,watch,patch"),
        rule("spawn-eigr.io", "activators", "get,list,watch"),
        rule("spawn-eigr.io", "actorsystems/status,actorhosts/status,activators/status", "patch"),
        // Owner references that block the owner's deletion need this where that is checked.
        rule(
            "spawn-eigr.io",
            "actorsystems/finalizers,actorhosts/finalizers,activators/finalizers",
            "update"),
        // Kubernetes deletes what belongs to a resource together with it.
        rule(
            "",
            "configmaps,services,serviceaccounts,persistentvolumeclaims",
            "get,list,watch,create,patch"),
        rule("", "pods,endpoints", "get,list,watch"),
        rule("discovery.k8s.io", "endpointslices", "get,list,watch"),
        rule("apps", "deployments", "get,list,watch,create,patch,delete"),
        rule("batch", "cronjobs", "get,list,watch,create,patch,delete"),
        rule("autoscaling", "horizontalpodautoscalers", "get,list,watch,create,patch,delete"),
        rule("policy", "poddisruptionbudgets", "get,list,watch,create,patch"),
        rule("networking.k8s.io", "networkpolicies", "get,list,watch,create,patch,delete"),
        rule(
            "rbac.authorization.k8s.io",
            "roles,rolebindings",
            "get,list,watch,create,patch,delete"),
        rule("monitoring.coreos.com", "servicemonitors", "get,list,watch,create,patch,delete"),
        rule("cert-manager.io", "certificates", "get,list,watch,create,patch,delete"),
        // Nobody may give what he has not: the nodes' role for membership by leases.
        rule("coordination.k8s.io", "leases", "get,list,watch,create,update,delete"));
  }

  /** The controller's own lease and settings. */
  public static List<PolicyRule> ownRules() {
    return List.of(
        rule("coordination.k8s.io", "leases", "get,create,update,patch"),
        rule("", "configmaps", "get,list,watch"));
  }

  private static PolicyRule rule(String group, String resources, String verbs) {
    return new PolicyRuleBuilder()
        .withApiGroups(group)
        .withResources(resources.split(","))
        .withVerbs(verbs.split(","))
        .build();
  }

  HasMetadata namespaceObject() {
    return new NamespaceBuilder().withNewMetadata().withName(namespace).endMetadata().build();
  }

  List<HasMetadata> workload() {
    return List.of(settings(), service(), deployment(), disruptionBudget());
  }

  private HasMetadata settings() {
    return new ConfigMapBuilder()
        .withMetadata(metadata())
        .withData(
            Map.of("application.properties", "spawn.controller.proxy-image=" + proxyImage + "\n"))
        .build();
  }

  private HasMetadata service() {
    return new ServiceBuilder()
        .withMetadata(metadata())
        .withNewSpec()
        .withSelector(LABELS)
        .addNewPort()
        .withName("http")
        .withProtocol("TCP")
        .withPort(9090)
        .withNewTargetPort("http")
        .endPort()
        .endSpec()
        .build();
  }

  private HasMetadata deployment() {
    return new DeploymentBuilder()
        .withMetadata(metadata())
        .withNewSpec()
        .withReplicas(2)
        .withNewSelector()
        .withMatchLabels(LABELS)
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .withLabels(LABELS)
        .addToAnnotations(
            new TreeMap<>(
                Map.of(
                    "prometheus.io/path", "/actuator/prometheus",
                    "prometheus.io/port", "9090",
                    "prometheus.io/scrape", "true")))
        .endMetadata()
        .withNewSpec()
        .withServiceAccountName(NAME)
        .withTerminationGracePeriodSeconds(30L)
        .withNewSecurityContext()
        .withRunAsNonRoot(true)
        .withRunAsUser(65_532L)
        .withNewSeccompProfile()
        .withType("RuntimeDefault")
        .endSeccompProfile()
        .endSecurityContext()
        .addNewTopologySpreadConstraint()
        .withMaxSkew(1)
        .withTopologyKey("kubernetes.io/hostname")
        .withWhenUnsatisfiable("ScheduleAnyway")
        .withNewLabelSelector()
        .withMatchLabels(LABELS)
        .endLabelSelector()
        .endTopologySpreadConstraint()
        .addNewContainer()
        .withName("controller")
        .withImage(image)
        .addNewEnv()
        .withName("POD_NAME")
        .withNewValueFrom()
        .withNewFieldRef()
        .withFieldPath("metadata.name")
        .endFieldRef()
        .endValueFrom()
        .endEnv()
        .addNewEnv()
        .withName("SPRING_CLOUD_KUBERNETES_CLIENT_NAMESPACE")
        .withNewValueFrom()
        .withNewFieldRef()
        .withFieldPath("metadata.namespace")
        .endFieldRef()
        .endValueFrom()
        .endEnv()
        .addNewPort()
        .withName("http")
        .withContainerPort(9090)
        .withProtocol("TCP")
        .endPort()
        .withStartupProbe(probe("liveness", 2, 60))
        .withLivenessProbe(probe("liveness", 10, 6))
        .withReadinessProbe(probe("readiness", 5, 2))
        .withNewResources()
        .addToRequests("cpu", new Quantity("100m"))
        .addToRequests("memory", new Quantity("256Mi"))
        .addToLimits("memory", new Quantity("512Mi"))
        .endResources()
        .withNewSecurityContext()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
        .withDrop("ALL")
        .endCapabilities()
        .endSecurityContext()
        .addNewVolumeMount()
        .withName("tmp")
        .withMountPath("/tmp")
        .endVolumeMount()
        .endContainer()
        .addNewVolume()
        .withName("tmp")
        .withNewEmptyDir()
        .endEmptyDir()
        .endVolume()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private static Probe probe(String which, int period, int failures) {
    return new ProbeBuilder()
        .withNewHttpGet()
        .withPath("/actuator/health/" + which)
        .withNewPort("http")
        .endHttpGet()
        .withPeriodSeconds(period)
        .withFailureThreshold(failures)
        .build();
  }

  private HasMetadata disruptionBudget() {
    return new PodDisruptionBudgetBuilder()
        .withMetadata(metadata())
        .withNewSpec()
        .withNewMaxUnavailable(1)
        .withNewSelector()
        .withMatchLabels(LABELS)
        .endSelector()
        .endSpec()
        .build();
  }

  private ObjectMeta metadata() {
    return new ObjectMetaBuilder(everywhere()).withNamespace(namespace).build();
  }

  private static ObjectMeta everywhere() {
    return new ObjectMetaBuilder().withName(NAME).withLabels(LABELS).build();
  }
}
