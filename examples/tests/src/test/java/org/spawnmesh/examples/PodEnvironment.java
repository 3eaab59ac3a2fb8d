package org.spawnmesh.examples;

import static org.spawnmesh.examples.Manifests.list;
import static org.spawnmesh.examples.Manifests.map;
import static org.spawnmesh.examples.Manifests.maps;
import static org.spawnmesh.examples.Manifests.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the containers of a pod are told, worked out from manifests as a kubelet does it: config
 * maps first, then variables in their order, with secrets, fields of the pod and {@code
 * $(VARIABLE)} filled in.
 */
final class PodEnvironment {

  private static final Pattern REFERENCE = Pattern.compile("\\$\\(([A-Za-z_][A-Za-z0-9_]*)\\)");

  private final Manifests manifests;
  private final Map<String, String> fields;

  /**
   * @param fields of the pod, by their paths
   */
  PodEnvironment(Map<String, String> fields, Path... manifests) throws IOException {
    this.fields = fields;
    this.manifests = new Manifests(manifests);
  }

  Map<String, String> of(String container) {
    Map<String, String> environment = new LinkedHashMap<>();
    Map<String, Object> spec = container(container);
    for (Map<String, Object> source : maps(spec, "envFrom")) {
      String name = text(map(source, "configMapRef"), "name");
      map(manifests.find("ConfigMap", name), "data")
          .forEach((variable, value) -> environment.put(variable, (String) value));
    }
    for (Map<String, Object> variable : maps(spec, "env")) {
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

  /** The volume that a container sees at this path, as the pod describes it. */
  Map<String, Object> volumeAt(String container, String path) {
    String name =
        maps(container(container), "volumeMounts").stream()
            .filter(it -> path.equals(it.get("mountPath")))
            .map(it -> text(it, "name"))
            .findAny()
            .orElseThrow(
                () -> new AssertionError("%s has nothing at %s".formatted(container, path)));
    return maps(pod(container), "volumes").stream()
        .filter(it -> name.equals(it.get("name")))
        .findAny()
        .orElseThrow(() -> new AssertionError("The pod has no volume " + name));
  }

  /** What the pod may ask the API server for. */
  List<Right> rights(String container) {
    return Right.of(text(pod(container), "serviceAccountName"), manifests);
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
    Map<String, Object> data = map(manifests.find("Secret", text(reference, "name")), "stringData");
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
    return maps(pod(name), "containers").stream()
        .filter(it -> name.equals(it.get("name")))
        .findAny()
        .orElseThrow();
  }

  /** The pod with that container. */
  private Map<String, Object> pod(String container) {
    return manifests
        .pods()
        .filter(
            it -> maps(it, "containers").stream().anyMatch(c -> container.equals(c.get("name"))))
        .findAny()
        .orElseThrow(() -> new AssertionError("There is no container " + container));
  }
}
