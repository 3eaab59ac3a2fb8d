package org.spawnmesh.controller.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apiextensions.v1.ValidationRule;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The schema of a CRD, applied to an object as an API server does: unknown fields (which it drops,
 * or refuses when asked to be strict), defaults, structure, then the CEL rules. Thread-safe.
 *
 * <p>Knows what our CRDs use: types, required, enums, bounds, lengths, int-or-string, preserved
 * fields, defaults and rules without {@code oldSelf}.
 */
public final class StructuralSchema {

  private static final Set<String> OF_EVERY_OBJECT = Set.of("apiVersion", "kind", "metadata");

  private final JSONSchemaProps root;

  public StructuralSchema(CustomResourceDefinition definition) {
    this.root = definition.getSpec().getVersions().getFirst().getSchema().getOpenAPIV3Schema();
  }

  /** Fills in what the object leaves out. */
  public void setDefaults(ObjectNode object) {
    setDefaults(root, object);
  }

  private static void setDefaults(JSONSchemaProps schema, JsonNode node) {
    if (node instanceof ObjectNode object) {
      schema
          .getProperties()
          .forEach(
              (name, property) -> {
                if (!object.has(name) && property.getDefault() != null) {
                  object.set(name, property.getDefault().deepCopy());
                }
                if (object.has(name)) {
                  setDefaults(property, object.get(name));
                }
              });
    } else if (node.isArray() && schema.getItems() != null) {
      node.forEach(item -> setDefaults(schema.getItems().getSchema(), item));
    }
  }

  /** What is wrong with the object, path first; empty if nothing is. */
  public List<String> problems(JsonNode object) {
    List<String> problems = new ArrayList<>();
    structure(root, object, "", problems);
    if (problems.isEmpty()) {
      rules(root, object, "", problems);
    }
    return problems;
  }

  private static void structure(
      JSONSchemaProps schema, JsonNode node, String path, List<String> problems) {
    if (Boolean.TRUE.equals(schema.getXKubernetesIntOrString())) {
      if (!node.isIntegralNumber() && !node.isTextual()) {
        problems.add(path + ": must be a number or a string");
      }
      return;
    }
    if (schema.getType() != null && !isOf(schema.getType(), node)) {
      problems.add(path + ": must be of type " + schema.getType());
      return;
    }
    if (!schema.getEnum().isEmpty() && !schema.getEnum().contains(node)) {
      problems.add(path + ": must be one of " + schema.getEnum());
    }
    bounds(schema, node, path, problems);
    if (node.isArray() && schema.getItems() != null) {
      for (int i = 0; i < node.size(); i++) {
        structure(schema.getItems().getSchema(), node.get(i), path + "[" + i + "]", problems);
      }
    }
    if (node.isObject()) {
      for (String required : schema.getRequired()) {
        if (!node.has(required)) {
          problems.add(path + "." + required + ": is required");
        }
      }
      for (Iterator<Map.Entry<String, JsonNode>> it = node.fields(); it.hasNext(); ) {
        Map.Entry<String, JsonNode> field = it.next();
        field(schema, field.getKey(), field.getValue(), path, problems);
      }
    }
  }

  private static void field(
      JSONSchemaProps schema, String name, JsonNode value, String path, List<String> problems) {
    JSONSchemaProps property = schema.getProperties().get(name);
    if (property != null) {
      structure(property, value, path + "." + name, problems);
    } else if (schema.getAdditionalProperties() != null) {
      structure(schema.getAdditionalProperties().getSchema(), value, path + "." + name, problems);
    } else if (!Boolean.TRUE.equals(schema.getXKubernetesPreserveUnknownFields())
        && !(path.isEmpty() && OF_EVERY_OBJECT.contains(name))) {
      problems.add(path + "." + name + ": is unknown");
    }
  }

  private static void bounds(
      JSONSchemaProps schema, JsonNode node, String path, List<String> problems) {
    if (node.isNumber()) {
      if (schema.getMinimum() != null && node.asDouble() < schema.getMinimum()) {
        problems.add(path + ": must be at least " + schema.getMinimum().longValue());
      }
      if (schema.getMaximum() != null && node.asDouble() > schema.getMaximum()) {
        problems.add(path + ": must be at most " + schema.getMaximum().longValue());
      }
    }
    if (node.isTextual()) {
      int length = node.asText().length();
      if (schema.getMinLength() != null && length < schema.getMinLength()
          || schema.getMaxLength() != null && length > schema.getMaxLength()) {
        problems.add(path + ": is too short or too long");
      }
    }
    if (node.isArray() && schema.getMaxItems() != null && node.size() > schema.getMaxItems()) {
      problems.add(path + ": has too many items");
    }
  }

  private static boolean isOf(String type, JsonNode node) {
    return switch (type) {
      case "object" -> node.isObject();
      case "array" -> node.isArray();
      case "string" -> node.isTextual();
      case "integer" -> node.isIntegralNumber();
      case "number" -> node.isNumber();
      case "boolean" -> node.isBoolean();
      default -> throw new IllegalArgumentException("A type that CRDs do not have: " + type);
    };
  }

  private static void rules(
      JSONSchemaProps schema, JsonNode node, String path, List<String> problems) {
    for (ValidationRule rule : schema.getXKubernetesValidations()) {
      if (!CelRules.holds(rule.getRule(), node)) {
        problems.add(path + ": " + rule.getMessage());
      }
    }
    schema
        .getProperties()
        .forEach(
            (name, property) -> {
              if (node.has(name)) {
                rules(property, node.get(name), path + "." + name, problems);
              }
            });
    if (node.isArray() && schema.getItems() != null) {
      for (int i = 0; i < node.size(); i++) {
        rules(schema.getItems().getSchema(), node.get(i), path + "[" + i + "]", problems);
      }
    }
  }
}
