package org.spawnmesh.admin;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Actor systems, actor hosts and activators in Kubernetes. Every method asks the API server anew
 * and throws {@link ClusterException} if it has no good answer. Thread-safe; blocks.
 */
final class Deployments {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final String ALL = "/apis/{group}/{version}/{plural}";
  private static final String NAMESPACED = "/apis/{group}/{version}/namespaces/{ns}/{plural}";
  private static final String ONE = NAMESPACED + "/{name}";

  /** Pods whose events are looked for; of a host in trouble the first few say it all. */
  private static final int MOST_PODS = 8;

  private static final int MOST_EVENTS = 50;
  private static final int MOST_ATTEMPTS = 4;

  private final KubernetesApi api;
  private final List<String> namespaces;

  /**
   * @param namespaces empty for all
   */
  Deployments(KubernetesApi api, List<String> namespaces) {
    this.api = api;
    this.namespaces = List.copyOf(namespaces);
  }

  /** A resource by its name. */
  record Name(ResourceKind kind, String namespace, String name) {

    @Override
    public String toString() {
      return "%s %s/%s".formatted(kind.title(), namespace, name);
    }

    private Object[] segments() {
      return new Object[] {
        ResourceKind.GROUP, ResourceKind.VERSION, namespace, kind.plural(), name
      };
    }
  }

  /** Where a new resource goes if nobody says otherwise. */
  String namespace() {
    return namespaces.isEmpty() ? api.namespace() : namespaces.getFirst();
  }

  /** All of a kind, by namespace and name. */
  List<JsonNode> list(ResourceKind kind) {
    List<JsonNode> all = new ArrayList<>();
    if (namespaces.isEmpty()) {
      all.addAll(api.list(ALL, Map.of(), ResourceKind.GROUP, ResourceKind.VERSION, kind.plural()));
    }
    for (String namespace : namespaces) {
      all.addAll(
          api.list(
              NAMESPACED,
              Map.of(),
              ResourceKind.GROUP,
              ResourceKind.VERSION,
              namespace,
              kind.plural()));
    }
    all.sort(
        Comparator.comparing((JsonNode each) -> each.at("/metadata/namespace").asString(""))
            .thenComparing(each -> each.at("/metadata/name").asString("")));
    return all;
  }

  JsonNode get(Name name) {
    within(name.namespace);
    return api.get(ONE, Map.of(), name.segments());
  }

  private void within(String namespace) {
    if (!namespaces.isEmpty() && !namespaces.contains(namespace)) {
      throw new ClusterException(
          400,
          "This console looks after %s, not after '%s'; see spawn.admin.kubernetes.namespaces"
              .formatted(namespaces, namespace),
          List.of());
    }
  }

  /** What the custom resource definition says that may be in a resource of the kind. */
  JsonNode schema(ResourceKind kind) {
    JsonNode definition =
        api.get(
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}",
            Map.of(),
            kind.plural() + "." + ResourceKind.GROUP);
    for (JsonNode version : definition.at("/spec/versions")) {
      if (version.path("name").asString("").equals(ResourceKind.VERSION)) {
        return version.at("/schema/openAPIV3Schema");
      }
    }
    throw new ClusterException(
        404,
        "The definition of %s has no version %s; apply deploy/crds"
            .formatted(kind.title(), ResourceKind.VERSION),
        List.of());
  }

  // ---- changes ----

  /**
   * @param trial whether the API server only says if it would do it
   */
  JsonNode create(Name name, JsonNode manifest, boolean trial) {
    within(name.namespace);
    return api.send(
        "POST",
        NAMESPACED,
        strict(trial),
        manifest,
        ResourceKind.GROUP,
        ResourceKind.VERSION,
        name.namespace,
        name.kind.plural());
  }

  /**
   * Writes what was edited, if nobody has changed it since: what the controller writes into the
   * status in the meantime is in nobody's way.
   *
   * @param version {@link Manifest#version} of what was edited
   */
  JsonNode replace(Name name, String version, JsonNode manifest, boolean trial) {
    for (int attempt = 1; ; attempt++) {
      JsonNode current = get(name);
      if (!Manifest.version(current).equals(version)) {
        throw new ClusterException(
            409, "Somebody has changed %s since you began to edit it".formatted(name), List.of());
      }
      try {
        return api.send(
            "PUT", ONE, strict(trial), Manifest.edited(current, manifest), name.segments());
      } catch (ClusterException e) {
        if (e.status() != 409 || attempt == MOST_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** A field that nobody knows is a mistake, and not left out silently. */
  private static Map<String, String> strict(boolean trial) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("fieldManager", "spawn-console");
    query.put("fieldValidation", "Strict");
    if (trial) {
      query.put("dryRun", "All");
    }
    return query;
  }

  /** Through the scale subresource, as an autoscaler does it: nobody's edit is in the way. */
  JsonNode scale(Name name, int replicas) {
    within(name.namespace);
    ObjectNode scale = (ObjectNode) api.get(ONE + "/scale", Map.of(), name.segments());
    ((ObjectNode) scale.path("metadata")).remove("resourceVersion");
    scale.remove("status");
    scale.putObject("spec").put("replicas", replicas);
    return api.send(
        "PUT", ONE + "/scale", Map.of("fieldManager", "spawn-console"), scale, name.segments());
  }

  /**
   * @param uid which one of that name: the one that somebody saw
   */
  JsonNode delete(Name name, String uid) {
    within(name.namespace);
    ObjectNode options = JSON.createObjectNode();
    options.put("apiVersion", "v1").put("kind", "DeleteOptions");
    options.putObject("preconditions").put("uid", uid);
    return api.send("DELETE", ONE, Map.of(), options, name.segments());
  }

  // ---- what became of it ----

  /** The pods of an actor host; none of another kind. */
  ArrayNode pods(Name name, String system) {
    ArrayNode pods = JSON.createArrayNode();
    if (name.kind != ResourceKind.HOST) {
      return pods;
    }
    List<JsonNode> all =
        api.list(
            "/api/v1/namespaces/{ns}/pods",
            Map.of(
                "labelSelector",
                "%s/actor-host=%s,%s/actor-system=%s"
                    .formatted(ResourceKind.GROUP, name.name, ResourceKind.GROUP, system)),
            name.namespace);
    for (JsonNode pod : all) {
      ObjectNode shown = pods.addObject();
      shown.put("name", pod.at("/metadata/name").asString(""));
      shown.put("phase", pod.at("/status/phase").asString(""));
      shown.set("startedAt", pod.at("/status/startTime"));
      int restarts = 0;
      boolean ready = !pod.at("/status/containerStatuses").isEmpty();
      String why = "";
      for (JsonNode container : pod.at("/status/containerStatuses")) {
        restarts += container.path("restartCount").asInt(0);
        ready &= container.path("ready").asBoolean(false);
        String waiting = container.at("/state/waiting/reason").asString("");
        why = why.isEmpty() ? waiting : why;
      }
      shown.put("restarts", restarts);
      shown.put("ready", ready);
      shown.put("why", why);
    }
    return pods;
  }

  /** The newest events of a resource, of what the controller made of it, and of its pods. */
  List<ObjectNode> events(Name name, JsonNode pods) {
    List<ObjectNode> events = new ArrayList<>();
    // what the controller makes bears the name of the host
    events(events, name.namespace, name.name, "");
    int asked = 0;
    for (JsonNode pod : pods) {
      if (asked++ < MOST_PODS) {
        events(events, name.namespace, pod.path("name").asString(""), "Pod");
      }
    }
    events.sort(
        Comparator.comparing((ObjectNode event) -> event.path("at").asString("")).reversed());
    return events.subList(0, Math.min(MOST_EVENTS, events.size()));
  }

  private void events(List<ObjectNode> events, String namespace, String of, String kind) {
    String selector =
        "involvedObject.name=" + of + (kind.isEmpty() ? "" : ",involvedObject.kind=" + kind);
    for (JsonNode event :
        api.list("/api/v1/namespaces/{ns}/events", Map.of("fieldSelector", selector), namespace)) {
      ObjectNode shown = JSON.createObjectNode();
      shown.put("type", event.path("type").asString(""));
      shown.put("reason", event.path("reason").asString(""));
      shown.put("message", event.path("message").asString(""));
      shown.put(
          "on",
          event.at("/involvedObject/kind").asString("")
              + "/"
              + event.at("/involvedObject/name").asString(""));
      shown.put("count", Math.max(1, event.path("count").asInt(1)));
      shown.put("at", time(event));
      events.add(shown);
    }
  }

  /** Which of its times an event has depends on who wrote it, and when. */
  private static String time(JsonNode event) {
    for (String field : List.of("lastTimestamp", "eventTime")) {
      try {
        return Instant.parse(event.path(field).asString("")).toString();
      } catch (DateTimeParseException e) {
        continue;
      }
    }
    return event.at("/metadata/creationTimestamp").asString("");
  }
}
