package org.spawnmesh.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.Yaml;

/**
 * What the containers of a pod are told, worked out from manifests as a kubelet does it: config
 * maps first, then variables in their order, with secrets, fields of the pod and {@code
 * $(VARIABLE)} filled in.
 */
final class PodEnvironment {

  private static final Pattern REFERENCE = Pattern.compile("\\$\\(([A-Za-z_][A-Za-z0-9_]*)\\)");

  private final List<Map<String, Object>> objects = new ArrayList<>();
  private final Map<String, String> fields;

  /**
   * @param fields of the pod, by their paths
   */
  PodEnvironment(Map<String, String> fields, Path... manifests) throws IOException {
    this.fields = fields;
    for (Path manifest : manifests) {
      for (Object object : new Yaml().loadAll(Files.readString(manifest))) {
        objects.add(cast(object));
      }
    }
  }

  Map<String, String> of(String container) {
    Map<String, String> environment = new LinkedHashMap<>();
    Map<String, Object> spec = container(container);
    for (Object source : list(spec, "envFrom")) {
      Map<String, Object> reference = map(cast(source), "configMapRef");
      map(find("ConfigMap", text(reference, "name")), "data")
          .forEach((name, value) -> environment.put(name, (String) value));
    }
    for (Object each : list(spec, "env")) {
      Map<String, Object> variable = cast(each);
      String value = value(variable, environment);
      if (value != null) {
        environment.put(text(variable, "name"), value);
      }
    }
    return environment;
  }

  /** What a container's program is called with. */
  List<String> arguments(String container) {
    Map<String, String> environment = of(container);
    return list(container(container), "args").stream()
        .map(it -> filledIn(String.valueOf(it), environment))
        .toList();
  }

  /** Path of a probe that asks over HTTP. */
  String probe(String container, String probe) {
    return text(map(map(container(container), probe), "httpGet"), "path");
  }

  private String value(Map<String, Object> variable, Map<String, String> before) {
    if (variable.containsKey("value")) {
      return filledIn(text(variable, "value"), before);
    }
    Map<String, Object> from = map(variable, "valueFrom");
    if (from.containsKey("fieldRef")) {
      String path = text(map(from, "fieldRef"), "fieldPath");
      if (!fields.containsKey(path)) {
        throw new AssertionError("The pod has no " + path);
      }
      return fields.get(path);
    }
    Map<String, Object> reference = map(from, "secretKeyRef");
    Map<String, Object> data = map(find("Secret", text(reference, "name")), "stringData");
    String key = text(reference, "key");
    if (!data.containsKey(key) && !Boolean.TRUE.equals(reference.get("optional"))) {
      throw new AssertionError("couldn't find key " + key + " in Secret");
    }
    return (String) data.get(key);
  }

  private static String filledIn(String text, Map<String, String> environment) {
    return REFERENCE
        .matcher(text)
        .replaceAll(
            it -> Matcher.quoteReplacement(environment.getOrDefault(it.group(1), it.group())));
  }

  private Map<String, Object> container(String name) {
    boolean job = objects.stream().anyMatch(it -> "CronJob".equals(it.get("kind")));
    Map<String, Object> spec =
        job
            ? map(map(map(find("CronJob", null), "spec"), "jobTemplate"), "spec")
            : map(find("Deployment", null), "spec");
    return list(map(map(spec, "template"), "spec"), "containers").stream()
        .map(PodEnvironment::cast)
        .filter(it -> name.equals(it.get("name")))
        .findAny()
        .orElseThrow();
  }

  private Map<String, Object> find(String kind, String name) {
    return objects.stream()
        .filter(it -> kind.equals(it.get("kind")))
        .filter(it -> name == null || name.equals(map(it, "metadata").get("name")))
        .findAny()
        .orElseThrow(() -> new AssertionError("There is no %s %s".formatted(kind, name)));
  }

  private static Map<String, Object> map(Map<String, Object> of, String field) {
    return cast(of.get(field));
  }

  private static List<?> list(Map<String, Object> of, String field) {
    return (List<?>) of.getOrDefault(field, List.of());
  }

  private static String text(Map<String, Object> of, String field) {
    return String.valueOf(of.get(field));
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> cast(Object object) {
    return object == null ? new HashMap<>() : (Map<String, Object>) object;
  }
}
