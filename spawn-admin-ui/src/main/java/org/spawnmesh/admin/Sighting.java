package org.spawnmesh.admin;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A node as it was when it was last asked. Immutable.
 *
 * @param info what it told; if it is silent now, what it told last; null if it never did
 * @param error why it is silent, or null if it is not
 */
record Sighting(NodeClient node, @Nullable JsonNode info, @Nullable String error) {

  boolean isAlive() {
    return error == null && info != null;
  }

  String system() {
    return text("system", "");
  }

  String name() {
    return text("name", node.address());
  }

  String status() {
    return isAlive() ? text("status", "") : "UNREACHABLE";
  }

  long incarnation() {
    JsonNode number = info == null ? null : info.get("incarnation");
    return number == null || !number.isNumber() ? -1 : number.asLong();
  }

  boolean hosts(String type) {
    JsonNode types = info == null ? null : info.get("types");
    if (types != null) {
      for (JsonNode hosted : types) {
        if (type.equals(hosted.path("name").asString())) {
          return true;
        }
      }
    }
    return false;
  }

  /** As pages have it. */
  Map<String, Object> shown() {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("address", node.address());
    shown.put("name", name());
    shown.put("status", status());
    shown.put("alive", isAlive());
    shown.put("error", error);
    if (info != null) {
      shown.put("incarnation", info.get("incarnation"));
      shown.put("cordoned", info.path("cordoned").asBoolean(false));
      shown.put("version", info.path("version").asString(""));
      int activations = 0;
      for (JsonNode type : info.path("types")) {
        activations += type.path("activations").asInt(0);
      }
      shown.put("activations", isAlive() ? activations : null);
    }
    return shown;
  }

  private String text(String field, String otherwise) {
    JsonNode value = info == null ? null : info.get(field);
    return value == null || value.isNull() ? otherwise : value.asString();
  }
}
