package org.spawnmesh.controller.fake;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** A label selector of equalities; null selects all. */
record Selector(@Nullable String text) {

  boolean selects(JsonNode object) {
    if (text == null || text.isEmpty()) {
      return true;
    }
    JsonNode labels = object.at("/metadata/labels");
    for (String term : text.split(",")) {
      String[] pair = term.split("=");
      if (!labels.path(pair[0]).asText("").equals(pair[1])) {
        return false;
      }
    }
    return true;
  }
}
