package org.spawnmesh.admin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Of a resource what people write: its name, labels, annotations and spec. Pure. */
final class Manifest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  private Manifest() {}

  /** What is shown for people to edit. */
  static ObjectNode of(JsonNode resource) {
    ObjectNode manifest = JSON.createObjectNode();
    manifest.set("apiVersion", resource.path("apiVersion"));
    manifest.set("kind", resource.path("kind"));
    ObjectNode metadata = manifest.putObject("metadata");
    JsonNode all = resource.path("metadata");
    metadata.set("name", all.path("name"));
    metadata.set("namespace", all.path("namespace"));
    if (all.get("labels") instanceof ObjectNode labels && !labels.isEmpty()) {
      metadata.set("labels", labels.deepCopy());
    }
    if (all.get("annotations") instanceof ObjectNode annotations) {
      ObjectNode shown = annotations.deepCopy();
      shown.remove(LAST_APPLIED);
      if (!shown.isEmpty()) {
        metadata.set("annotations", shown);
      }
    }
    manifest.set("spec", resource.path("spec").deepCopy());
    return manifest;
  }

  /** Which manifest a resource has: another one after whatever people write has changed. */
  static String version(JsonNode resource) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(of(resource).toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has SHA-256", e);
    }
  }

  /**
   * The resource with what was edited. What else is in its metadata stays, for it is the cluster's;
   * so does its version, and the API server refuses it if there is a newer one by now.
   */
  static ObjectNode edited(JsonNode current, JsonNode manifest) {
    ObjectNode next = ((ObjectNode) current).deepCopy();
    next.remove("status");
    ObjectNode metadata = (ObjectNode) next.path("metadata");
    metadata.remove("managedFields");
    metadata.remove("labels");
    if (manifest.at("/metadata/labels") instanceof ObjectNode labels) {
      metadata.set("labels", labels);
    }
    JsonNode applied = metadata.path("annotations").path(LAST_APPLIED);
    ObjectNode annotations =
        manifest.at("/metadata/annotations") instanceof ObjectNode some
            ? some.deepCopy()
            : JSON.createObjectNode();
    if (applied.isString()) {
      annotations.set(LAST_APPLIED, applied);
    }
    metadata.set("annotations", annotations);
    next.remove("spec");
    manifest
        .properties()
        .forEach(
            field -> {
              if (!List.of("metadata", "status").contains(field.getKey())) {
                next.set(field.getKey(), field.getValue());
              }
            });
    return next;
  }

  /** Takes the values of environment variables out, which may be secrets. */
  static void mask(JsonNode node) {
    if (node instanceof ArrayNode array) {
      array.forEach(Manifest::mask);
    } else if (node instanceof ObjectNode object) {
      for (Map.Entry<String, JsonNode> field : object.properties()) {
        if (field.getKey().equals("env") && field.getValue().isArray()) {
          field
              .getValue()
              .forEach(
                  variable -> {
                    if (variable instanceof ObjectNode one && one.has("value")) {
                      one.put("value", "•••");
                    }
                  });
        }
        mask(field.getValue());
      }
    }
  }

  static String yaml(JsonNode manifest) {
    return new Dump(
            DumpSettings.builder().setDefaultFlowStyle(FlowStyle.BLOCK).setWidth(110).build())
        .dumpToString(JSON.convertValue(manifest, LinkedHashMap.class));
  }

  /**
   * @param yaml one document; JSON is YAML, too
   * @throws ClusterException with where it is wrong
   */
  static ObjectNode parse(String yaml) {
    try {
      Object read = new Load(LoadSettings.builder().build()).loadFromString(yaml);
      if (JSON.valueToTree(read) instanceof ObjectNode manifest) {
        return manifest;
      }
      throw new ClusterException(400, "This is not a resource: it has no fields", List.of());
    } catch (MarkedYamlEngineException e) {
      String where =
          e.getProblemMark().map(mark -> "line %d: ".formatted(mark.getLine() + 1)).orElse("");
      throw new ClusterException(400, "This is not YAML: " + where + e.getProblem(), List.of());
    } catch (YamlEngineException | JacksonException e) {
      throw new ClusterException(400, "This is not YAML: " + e.getMessage(), List.of());
    }
  }
}
