package org.spawnmesh.controller.fake;

import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.util.List;
import java.util.Set;

/** What somebody may do: the rules of a cluster role, and of a role in one namespace. */
public record Access(List<PolicyRule> everywhere, String namespace, List<PolicyRule> there) {

  boolean allows(String verb, String group, String resource, String in) {
    return allows(everywhere, verb, group, resource)
        || (in.equals(namespace) && allows(there, verb, group, resource));
  }

  private static boolean allows(
      List<PolicyRule> rules, String verb, String group, String resource) {
    return rules.stream()
        .anyMatch(
            rule ->
                rule.getVerbs().contains(verb)
                    && rule.getApiGroups().contains(group)
                    && rule.getResources().contains(resource));
  }

  /** Nobody hands out what he has not himself. */
  boolean covers(List<PolicyRule> rules) {
    return rules.stream()
        .allMatch(
            rule ->
                rule.getApiGroups().stream()
                    .allMatch(
                        group ->
                            rule.getResources().stream()
                                .allMatch(
                                    resource ->
                                        rule.getVerbs().stream()
                                            .allMatch(
                                                verb ->
                                                    allows(everywhere, verb, group, resource)))));
  }

  static final Set<String> READS = Set.of("get", "list", "watch");
}
