package org.spawnmesh.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;

/** Objects of Kubernetes, as files have them. Immutable. */
final class Manifests {

  private final List<Map<String, Object>> objects = new ArrayList<>();

  Manifests(Path... files) throws IOException {
    for (Path file : files) {
      for (Object object : new Yaml().loadAll(Files.readString(file))) {
        objects.add(cast(object));
      }
    }
  }

  Stream<Map<String, Object>> all(String kind) {
    return objects.stream().filter(it -> kind.equals(it.get("kind")));
  }

  Map<String, Object> find(String kind, String name) {
    return all(kind)
        .filter(it -> name.equals(map(it, "metadata").get("name")))
        .findAny()
        .orElseThrow(() -> new AssertionError("There is no %s %s".formatted(kind, name)));
  }

  /** Specs of the pods that come of these objects. */
  Stream<Map<String, Object>> pods() {
    return Stream.concat(
            all("Deployment").map(it -> map(it, "spec")),
            all("CronJob").map(it -> map(map(map(it, "spec"), "jobTemplate"), "spec")))
        .map(it -> map(map(it, "template"), "spec"));
  }

  static Map<String, Object> map(Map<String, Object> of, String field) {
    return cast(of.get(field));
  }

  static List<Map<String, Object>> maps(Map<String, Object> of, String field) {
    return list(of, field).stream().map(Manifests::cast).toList();
  }

  static List<?> list(Map<String, Object> of, String field) {
    return (List<?>) of.getOrDefault(field, List.of());
  }

  static String text(Map<String, Object> of, String field) {
    return String.valueOf(of.get(field));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> cast(Object object) {
    return object == null ? Map.of() : (Map<String, Object>) object;
  }
}
