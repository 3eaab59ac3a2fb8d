package org.spawnmesh.controller.fake;

import java.util.List;

/** A kind of objects, as the API's paths name it. */
record Kind(String group, String version, String plural, String name) {

  static final List<Kind> ALL =
      List.of(
          new Kind("", "v1", "configmaps", "ConfigMap"),
          new Kind("", "v1", "services", "Service"),
          new Kind("", "v1", "serviceaccounts", "ServiceAccount"),
          new Kind("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim"),
          new Kind("", "v1", "pods", "Pod"),
          new Kind("", "v1", "endpoints", "Endpoints"),
          new Kind("apps", "v1", "deployments", "Deployment"),
          new Kind("batch", "v1", "cronjobs", "CronJob"),
          new Kind("autoscaling", "v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler"),
          new Kind("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget"),
          new Kind("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy"),
          new Kind("rbac.authorization.k8s.io", "v1", "roles", "Role"),
          new Kind("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding"),
          new Kind("coordination.k8s.io", "v1", "leases", "Lease"),
          new Kind("spawn-eigr.io", "v1", "actorsystems", "ActorSystem"),
          new Kind("spawn-eigr.io", "v1", "actorhosts", "ActorHost"),
          new Kind("spawn-eigr.io", "v1", "activators", "Activator"),
          new Kind("monitoring.coreos.com", "v1", "servicemonitors", "ServiceMonitor"),
          new Kind("cert-manager.io", "v1", "certificates", "Certificate"));

  static Kind ofPlural(String group, String plural) {
    return ALL.stream()
        .filter(kind -> kind.group.equals(group) && kind.plural.equals(plural))
        .findAny()
        .orElseThrow(() -> new Refused(404, "NotFound", "No kind " + plural + "." + group));
  }

  static Kind named(String name) {
    return ALL.stream().filter(kind -> kind.name.equals(name)).findAny().orElseThrow();
  }

  String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }
}
