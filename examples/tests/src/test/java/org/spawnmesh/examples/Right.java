package org.spawnmesh.examples;

import static org.spawnmesh.examples.Manifests.list;
import static org.spawnmesh.examples.Manifests.map;
import static org.spawnmesh.examples.Manifests.maps;
import static org.spawnmesh.examples.Manifests.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One rule of a role that is bound to somebody.
 *
 * @param namespace where it counts; null for everywhere
 */
record Right(String namespace, Map<String, Object> rule) {

  /** What a service account may do, by all bindings that name it. */
  static List<Right> of(String account, Manifests manifests) {
    List<Right> rights = new ArrayList<>();
    for (String kind : List.of("RoleBinding", "ClusterRoleBinding")) {
      manifests
          .all(kind)
          .filter(it -> maps(it, "subjects").stream().anyMatch(s -> account.equals(s.get("name"))))
          .forEach(
              binding -> {
                Map<String, Object> subject = maps(binding, "subjects").getFirst();
                Map<String, Object> role = map(binding, "roleRef");
                maps(manifests.find(text(role, "kind"), text(role, "name")), "rules")
                    .forEach(
                        rule ->
                            rights.add(
                                new Right(
                                    kind.equals("RoleBinding") ? text(subject, "namespace") : null,
                                    rule)));
              });
    }
    return rights;
  }

  boolean allows(String verb, String group, String resource, String name, String in) {
    return (namespace == null || namespace.equals(in))
        && list(rule, "verbs").contains(verb)
        && list(rule, "apiGroups").contains(group)
        && list(rule, "resources").contains(resource)
        && (!rule.containsKey("resourceNames") || list(rule, "resourceNames").contains(name));
  }
}
