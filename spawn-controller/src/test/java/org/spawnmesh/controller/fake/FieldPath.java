package org.spawnmesh.controller.fake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Paths of fields: names of fields, and keys of elements of lists that are maps or sets. */
final class FieldPath {

  private static final String SEPARATOR = "\u0001";
  private static final String ELEMENT = "\u0002";

  /** By the name of the list; what is not here is replaced as a whole. */
  private static final Map<String, List<String>> KEYS =
      Map.of(
          "containers", List.of("name"),
          "volumes", List.of("name"),
          "env", List.of("name"),
          "imagePullSecrets", List.of("name"),
          "volumeMounts", List.of("mountPath"),
          "conditions", List.of("type"),
          "ownerReferences", List.of("uid"),
          "topologySpreadConstraints", List.of("topologyKey", "whenUnsatisfiable"));

  private static final Set<String> OF_NOBODY =
      Set.of(
          "apiVersion",
          "kind",
          path("metadata", "name"),
          path("metadata", "namespace"),
          path("metadata", "uid"),
          path("metadata", "resourceVersion"),
          path("metadata", "generation"),
          path("metadata", "creationTimestamp"),
          path("metadata", "managedFields"));

  private FieldPath() {}

  private static String path(String... names) {
    return String.join(SEPARATOR, names);
  }

  /** All that is written, leaf by leaf. */
  static Set<String> leaves(ObjectNode object) {
    Set<String> leaves = new TreeSet<>();
    collect(object, "", "", object.path("kind").asText(), leaves);
    leaves.removeAll(OF_NOBODY);
    return leaves;
  }

  private static void collect(
      JsonNode node, String path, String list, String kind, Set<String> leaves) {
    if (node.isObject() && !node.isEmpty()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        String next = path.isEmpty() ? field.getKey() : path + SEPARATOR + field.getKey();
        collect(field.getValue(), next, field.getKey(), kind, leaves);
      }
    } else if (node.isArray() && isMap(list, kind)) {
      for (JsonNode element : node) {
        String next = path + SEPARATOR + ELEMENT + key(list, kind, element);
        leaves.add(next);
        if (element.isObject()) {
          collect(element, next, "", kind, leaves);
        }
      }
    } else {
      leaves.add(path);
    }
  }

  private static boolean isMap(String list, String kind) {
    if (kind.startsWith("Act") && !Set.of("conditions", "ownerReferences").contains(list)) {
      // Lists of custom resources are replaced as a whole unless their CRD says otherwise.
      return list.equals("finalizers");
    }
    return KEYS.containsKey(list)
        || list.equals("finalizers")
        || (list.equals("ports") && (kind.equals("Service") || kind.equals("Deployment")));
  }

  private static String key(String list, String kind, JsonNode element) {
    if (!element.isObject()) {
      return element.asText();
    }
    List<String> keys =
        list.equals("ports")
            ? List.of(kind.equals("Service") ? "port" : "containerPort", "protocol")
            : KEYS.get(list);
    return keys.stream()
        .map(key -> element.path(key).asText("TCP"))
        .collect(Collectors.joining("/"));
  }

  /** The applied object laid over the one that is there. */
  static void merge(ObjectNode there, ObjectNode applied, String kind) {
    for (Map.Entry<String, JsonNode> field : applied.properties()) {
      JsonNode before = there.get(field.getKey());
      JsonNode after = field.getValue();
      if (before instanceof ObjectNode object && after instanceof ObjectNode more) {
        merge(object, more, kind);
      } else if (before instanceof ArrayNode array
          && after instanceof ArrayNode more
          && isMap(field.getKey(), kind)) {
        mergeList(array, more, field.getKey(), kind);
      } else {
        there.set(field.getKey(), after.deepCopy());
      }
    }
  }

  /** Applied elements in the order in which they were applied, then the others. */
  private static void mergeList(ArrayNode there, ArrayNode applied, String list, String kind) {
    List<JsonNode> merged = new ArrayList<>();
    for (JsonNode element : applied) {
      int at = index(there, list, kind, key(list, kind, element));
      JsonNode before = at < 0 ? null : there.remove(at);
      if (before instanceof ObjectNode object && element instanceof ObjectNode more) {
        merge(object, more, kind);
        merged.add(object);
      } else {
        merged.add(element.deepCopy());
      }
    }
    there.forEach(merged::add);
    there.removeAll();
    there.addAll(merged);
  }

  private static int index(JsonNode array, String list, String kind, String key) {
    for (int i = 0; i < array.size(); i++) {
      if (key(list, kind, array.get(i)).equals(key)) {
        return i;
      }
    }
    return -1;
  }

  static JsonNode get(ObjectNode object, String path) {
    JsonNode at = object;
    String list = "";
    for (String step : path.split(SEPARATOR)) {
      if (step.startsWith(ELEMENT)) {
        int index = index(at, list, object.path("kind").asText(), step.substring(1));
        at = index < 0 ? at.path("nothing") : at.get(index);
      } else {
        at = at.path(step);
        list = step;
      }
    }
    return at;
  }

  /** An element goes with all that is in it, and what is empty then goes, too. */
  static void remove(ObjectNode object, String path) {
    List<String> steps = new ArrayList<>(List.of(path.split(SEPARATOR)));
    String last = steps.removeLast();
    JsonNode parent = steps.isEmpty() ? object : get(object, String.join(SEPARATOR, steps));
    if (parent instanceof ObjectNode from) {
      from.remove(last);
      if (from.isEmpty() && !steps.isEmpty()) {
        remove(object, String.join(SEPARATOR, steps));
      }
    } else if (parent instanceof ArrayNode from) {
      int index = index(from, steps.getLast(), object.path("kind").asText(), last.substring(1));
      if (index >= 0) {
        from.remove(index);
      }
      if (from.isEmpty()) {
        remove(object, String.join(SEPARATOR, steps));
      }
    }
  }

  static boolean isWithin(String path, String whole) {
    return path.equals(whole) || path.startsWith(whole + SEPARATOR);
  }
}
