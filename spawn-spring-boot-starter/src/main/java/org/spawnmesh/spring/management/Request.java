package org.spawnmesh.spring.management;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What was asked, taken apart. Immutable.
 *
 * @param path decoded segment by segment, so that a name may hold anything
 * @param body an empty object if there is none
 */
record Request(String method, List<String> path, Map<String, String> query, JsonNode body) {

  static List<String> segments(String rawPath) {
    List<String> segments = new ArrayList<>();
    for (String segment : rawPath.split("/", -1)) {
      if (!segment.isEmpty()) {
        // a plus is a plus in a path
        segments.add(URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8));
      }
    }
    return segments;
  }

  static Map<String, String> query(@Nullable String raw) {
    Map<String, String> query = new HashMap<>();
    for (String pair : raw == null ? new String[0] : raw.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        query.put(
            URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
    }
    return query;
  }

  int number(String name, int otherwise, int most) {
    String text = query.get(name);
    if (text == null) {
      return otherwise;
    }
    try {
      int value = Integer.parseInt(text);
      if (value >= 1 && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw outOfRange(name, text, most);
    }
    throw outOfRange(name, text, most);
  }

  private static RefusedRequestException outOfRange(String name, String text, int most) {
    return RefusedRequestException.badRequest(
        "%s is '%s'; it must be 1 to %d".formatted(name, text, most));
  }

  String text(String field) {
    return text(body, field);
  }

  static String text(JsonNode body, String field) {
    JsonNode value = body.get(field);
    if (value == null || !value.isString() || value.stringValue().isEmpty()) {
      throw RefusedRequestException.badRequest("The body needs a text '%s'".formatted(field));
    }
    return value.stringValue();
  }

  @Nullable String optional(String field) {
    JsonNode value = body.get(field);
    return value == null || value.isNull() ? null : value.asString();
  }
}
