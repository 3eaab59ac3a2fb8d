package org.spawnmesh.admin;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the pages for deployments ask. A resource is of the actor system that it names, and roles
 * count there: a viewer reads it, an operator scales it, an admin creates, edits and deletes it.
 */
@RestController
@RequestMapping("/api/deployments")
final class DeploymentsApi {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final int MOST_REPLICAS = 10_000;

  private final Deployments deployments;
  private final Access access;

  DeploymentsApi(Deployments deployments, Access access) {
    this.deployments = deployments;
    this.access = access;
  }

  private static <T> Mono<T> blocking(Callable<T> work) {
    return Mono.fromCallable(work).subscribeOn(Schedulers.boundedElastic());
  }

  /** All resources of all systems that one may see, by kind. */
  @GetMapping
  Mono<Map<String, Object>> all(Authentication user) {
    return blocking(
        () -> {
          List<Map<String, Object>> kinds = new ArrayList<>();
          for (ResourceKind kind : ResourceKind.values()) {
            kinds.add(rows(user, kind));
          }
          return Map.of("kinds", kinds, "namespace", deployments.namespace());
        });
  }

  /** One kind may be missing, or closed to this console, and the others are shown all the same. */
  private Map<String, Object> rows(Authentication user, ResourceKind kind) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("kind", kind.title());
    List<Map<String, Object>> rows = new ArrayList<>();
    try {
      for (JsonNode resource : deployments.list(kind)) {
        Role role = Role.in(kind.systemOf(resource), user.getAuthorities());
        if (role != null) {
          rows.add(row(kind, resource, role));
        }
      }
      shown.put("error", null);
    } catch (ClusterException e) {
      shown.put("error", e.getMessage());
    }
    shown.put("rows", rows);
    return shown;
  }

  private static Map<String, Object> row(ResourceKind kind, JsonNode resource, Role role) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("namespace", resource.at("/metadata/namespace").asString(""));
    row.put("name", resource.at("/metadata/name").asString(""));
    row.put("system", kind.systemOf(resource));
    row.put("role", role.name());
    row.put("created", resource.at("/metadata/creationTimestamp").asString(""));
    row.put("going", resource.at("/metadata/deletionTimestamp").isString());
    for (JsonNode condition : resource.at("/status/conditions")) {
      if (condition.path("type").asString("").equals("Ready")) {
        row.put("ready", condition.path("status").asString("Unknown"));
        row.put("reason", condition.path("reason").asString(""));
        row.put("message", condition.path("message").asString(""));
      }
    }
    if (kind == ResourceKind.HOST) {
      row.put("replicas", resource.at("/spec/replicas").asInt(1));
      row.put("readyReplicas", resource.at("/status/readyReplicas").asInt(0));
    }
    return row;
  }

  /** What a form for a kind asks: its OpenAPI schema, as the cluster has it. */
  @GetMapping("schema")
  Mono<JsonNode> schema(@RequestParam String kind) {
    return blocking(() -> deployments.schema(ResourceKind.of(kind)));
  }

  /** One resource: what was asked for, what became of it, and what happened to it. */
  @GetMapping("one")
  Mono<ObjectNode> one(
      Authentication user,
      @RequestParam String kind,
      @RequestParam String namespace,
      @RequestParam String name) {
    return blocking(
        () -> {
          Deployments.Name asked = new Deployments.Name(ResourceKind.of(kind), namespace, name);
          JsonNode resource = deployments.get(asked);
          String system = asked.kind().systemOf(resource);
          Role role = Access.require(user, system, Role.VIEWER);
          JsonNode manifest = Manifest.of(resource);
          String version = Manifest.version(resource);
          if (role == Role.VIEWER) {
            Manifest.mask(manifest);
          }
          ObjectNode shown = JSON.createObjectNode();
          shown.setAll((ObjectNode) JSON.valueToTree(row(asked.kind(), resource, role)));
          if (role == Role.ADMIN) { // from it a viewer could guess what is masked
            shown.put("version", version);
          }
          shown.set("uid", resource.at("/metadata/uid"));
          shown.set("conditions", conditions(resource));
          shown.set("manifest", manifest);
          shown.put("yaml", Manifest.yaml(manifest));
          happened(shown, asked, system);
          return shown;
        });
  }

  private static ArrayNode conditions(JsonNode resource) {
    return resource.at("/status/conditions") instanceof ArrayNode some
        ? some
        : JsonNodeFactory.instance.arrayNode();
  }

  /** The resource is shown even if the console may not see pods and events. */
  private void happened(ObjectNode shown, Deployments.Name name, String system) {
    ArrayNode pods = JsonNodeFactory.instance.arrayNode();
    ArrayNode events = JsonNodeFactory.instance.arrayNode();
    try {
      pods = deployments.pods(name, system);
      deployments.events(name, pods).forEach(events::add);
    } catch (ClusterException e) {
      shown.put("eventsError", e.getMessage());
    }
    shown.set("pods", pods);
    shown.set("events", events);
  }

  /** The manifest in the other notation; nobody is asked. */
  @PostMapping("convert")
  Mono<Map<String, Object>> convert(@RequestBody Notation notation) {
    return blocking(
        () -> {
          JsonNode manifest = notation.read();
          return Map.of("manifest", manifest, "yaml", Manifest.yaml(manifest));
        });
  }

  /** A manifest as JSON, or as YAML. */
  record Notation(@Nullable JsonNode manifest, @Nullable String yaml) {

    JsonNode read() {
      if (yaml != null) {
        return Manifest.parse(yaml);
      }
      if (manifest == null || !manifest.isObject()) {
        throw wrong("Send a resource as 'manifest', or as 'yaml'");
      }
      return manifest;
    }
  }

  /**
   * What is to be done to one resource.
   *
   * @param version of what was edited, as it was shown
   * @param uid of the resource that is to be deleted
   * @param trial whether it is only to be checked
   */
  record DeploymentChange(
      String operation,
      String kind,
      @Nullable String namespace,
      @Nullable String name,
      @Nullable JsonNode manifest,
      @Nullable String yaml,
      @Nullable String version,
      @Nullable String uid,
      @Nullable Integer replicas,
      boolean trial) {}

  @PostMapping
  Mono<JsonNode> change(Authentication user, @RequestBody DeploymentChange change) {
    return switch (change.operation) {
      case "create" -> create(user, change);
      case "replace" -> replace(user, change);
      case "scale" -> scale(user, change);
      case "delete" -> delete(user, change);
      default -> throw wrong("There is no operation '%s'".formatted(change.operation));
    };
  }

  private Mono<JsonNode> create(Authentication user, DeploymentChange change) {
    ResourceKind kind = ResourceKind.of(change.kind);
    JsonNode manifest = new Notation(change.manifest, change.yaml).read();
    Deployments.Name name = named(kind, manifest);
    String system = kind.systemOf(manifest);
    Access.require(user, system, Role.ADMIN);
    return written(
        user,
        system,
        change,
        name,
        blocking(() -> done(deployments.create(name, manifest, change.trial))));
  }

  private Mono<JsonNode> replace(Authentication user, DeploymentChange change) {
    Deployments.Name name = name(change);
    JsonNode manifest = new Notation(change.manifest, change.yaml).read();
    if (!named(name.kind(), manifest).equals(name)) {
      throw wrong("A resource keeps its name and namespace: create another, and delete " + name);
    }
    String version = given(change.version, "version");
    Access.require(user, name.kind().systemOf(manifest), Role.ADMIN);
    return changed(
        user,
        change,
        name,
        Role.ADMIN,
        () -> deployments.replace(name, version, manifest, change.trial));
  }

  private Mono<JsonNode> scale(Authentication user, DeploymentChange change) {
    Deployments.Name name = name(change);
    Integer replicas = change.replicas;
    if (name.kind() != ResourceKind.HOST || replicas == null) {
      throw wrong("An ActorHost is scaled, to a number of 'replicas'");
    }
    if (replicas < 0 || replicas > MOST_REPLICAS) {
      throw wrong("'replicas' is 0 to %d, not %d".formatted(MOST_REPLICAS, replicas));
    }
    return changed(user, change, name, Role.OPERATOR, () -> deployments.scale(name, replicas));
  }

  private Mono<JsonNode> delete(Authentication user, DeploymentChange change) {
    Deployments.Name name = name(change);
    String uid = given(change.uid, "uid");
    return changed(user, change, name, Role.ADMIN, () -> deployments.delete(name, uid));
  }

  /** Changes a resource that is there, if somebody may in the system that it is of now. */
  private Mono<JsonNode> changed(
      Authentication user,
      DeploymentChange change,
      Deployments.Name name,
      Role least,
      Callable<JsonNode> act) {
    return blocking(() -> name.kind().systemOf(deployments.get(name)))
        .flatMap(
            system -> {
              Access.require(user, system, least);
              return written(user, system, change, name, blocking(() -> done(act.call())));
            });
  }

  /** What is checked only changes nothing, and is not written down. */
  private Mono<JsonNode> written(
      Authentication user,
      String system,
      DeploymentChange change,
      Deployments.Name name,
      Mono<JsonNode> act) {
    String detail = change.replicas == null ? "" : "replicas " + change.replicas;
    return change.trial
        ? act
        : access.audited(user, system, change.operation, name.toString(), detail, act);
  }

  private static JsonNode done(JsonNode resource) {
    return JSON.createObjectNode()
        .put("done", true)
        .put("namespace", resource.at("/metadata/namespace").asString(""))
        .put("name", resource.at("/metadata/name").asString(""));
  }

  private static Deployments.Name name(DeploymentChange change) {
    return new Deployments.Name(
        ResourceKind.of(change.kind),
        given(change.namespace, "namespace"),
        given(change.name, "name"));
  }

  /** The name in a manifest. */
  private Deployments.Name named(ResourceKind kind, JsonNode manifest) {
    if (!manifest.path("kind").asString("").equals(kind.title())
        || !manifest
            .path("apiVersion")
            .asString("")
            .equals(ResourceKind.GROUP + "/" + ResourceKind.VERSION)) {
      throw wrong(
          "This is no %s of apiVersion %s/%s"
              .formatted(kind.title(), ResourceKind.GROUP, ResourceKind.VERSION));
    }
    String name = manifest.at("/metadata/name").asString("");
    String namespace = manifest.at("/metadata/namespace").asString("");
    if (name.isEmpty()) {
      throw new ClusterException(
          422,
          "A resource needs a name",
          List.of(new ClusterException.Cause("metadata.name", "Required value")));
    }
    return new Deployments.Name(
        kind, namespace.isEmpty() ? deployments.namespace() : namespace, name);
  }

  private static String given(@Nullable String value, String what) {
    if (value == null || value.isEmpty()) {
      throw wrong("'%s' is missing".formatted(what));
    }
    return Objects.requireNonNull(value);
  }

  private static ClusterException wrong(String words) {
    return new ClusterException(400, words, List.of());
  }
}
