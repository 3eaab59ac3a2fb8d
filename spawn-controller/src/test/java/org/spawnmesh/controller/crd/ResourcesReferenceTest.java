package org.spawnmesh.controller.crd;

import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.spawnmesh.controller.Written;

/** docs/reference/kubernetes-resources.md, made of the CRDs. */
class ResourcesReferenceTest {

  private static final String HEAD =
      """
      # Kubernetes resources

      <!-- Written by ResourcesReferenceTest from the CRDs. Do not edit. -->

      The fields of `ActorSystem`, `ActorHost` and `Activator`, group `spawn-eigr.io`, version `v1`; all are namespaced.
      [Run on Kubernetes](../how-to/run-on-kubernetes.md) says how to use them. Fields in **bold** are required.
      """;

  @Test
  void thePageIsWhatTheClassesSay() throws IOException {
    StringBuilder page = new StringBuilder(HEAD);
    for (CustomResourceDefinition definition : Definitions.all().reversed()) {
      JSONSchemaProps root =
          definition.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
      page.append(
          "\n## %s\n\n%s\n"
              .formatted(definition.getSpec().getNames().getKind(), root.getDescription()));
      page.append(
          "\nShort names: %s.\n"
              .formatted(String.join(", ", definition.getSpec().getNames().getShortNames())));
      page.append("\n| field | type | default | meaning |\n| --- | --- | --- | --- |\n");
      List<String> refused = new ArrayList<>();
      rules(root, refused);
      for (String part : List.of("spec", "status")) {
        fields(part, root.getProperties().get(part), page, refused);
      }
      if (!refused.isEmpty()) {
        page.append("\nRefused when it is applied:\n\n");
        refused.forEach(it -> page.append("- ").append(it).append(".\n"));
      }
    }
    Written.check(Path.of("../docs/reference/kubernetes-resources.md"), page.toString());
  }

  private static void fields(
      String path, JSONSchemaProps schema, StringBuilder page, List<String> refused) {
    for (Map.Entry<String, JSONSchemaProps> field : schema.getProperties().entrySet()) {
      JSONSchemaProps property = field.getValue();
      String name = path + "." + field.getKey();
      boolean required = schema.getRequired().contains(field.getKey());
      page.append(
          "| %s | %s | %s | %s |\n"
              .formatted(
                  required ? "**`" + name + "`**" : "`" + name + "`",
                  type(property),
                  property.getDefault() == null ? "" : "`" + property.getDefault().asText() + "`",
                  property.getDescription().replace("|", "\\|")));
      rules(property, refused);
      fields(name, property, page, refused);
      if (property.getItems() != null && property.getItems().getSchema() != null) {
        fields(name + "[]", property.getItems().getSchema(), page, refused);
      }
    }
  }

  private static void rules(JSONSchemaProps schema, List<String> refused) {
    schema.getXKubernetesValidations().forEach(rule -> refused.add(rule.getMessage()));
  }

  private static String type(JSONSchemaProps property) {
    if (Boolean.TRUE.equals(property.getXKubernetesIntOrString())) {
      return "number or text";
    }
    if (property.getType() == null) {
      return "anything";
    }
    return switch (property.getType()) {
      case "integer" -> "number";
      case "string" -> "text";
      case "boolean" -> "`true`, `false`";
      case "array" -> "list";
      default -> property.getProperties().isEmpty() ? "map" : "object";
    };
  }
}
