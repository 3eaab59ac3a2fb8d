package org.spawnmesh.admin;

import static org.spawnmesh.admin.Access.require;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What is asked and done about actors: lists of them, and one of them. */
@RestController
@RequestMapping("/api")
final class ActorsApi {

  private static final Duration CALL = Duration.ofSeconds(65);

  private final Fleet fleet;
  private final Access access;

  ActorsApi(Fleet fleet, Access access) {
    this.fleet = fleet;
    this.access = access;
  }

  @GetMapping("type")
  Mono<JsonNode> type(Authentication user, @RequestParam String system, @RequestParam String type) {
    require(user, system, Role.VIEWER);
    return fleet.any(system, type, node -> node.get("types/{type}", Map.of(), type));
  }

  /**
   * Stored actors, with what the memory of every node adds; none is woken.
   *
   * @param tag only those with it: a key, or {@code key=value}; a page may then be empty and have a
   *     next one
   * @param active those in memory instead
   * @param phase only those that do just this, for example {@code quarantined}; of {@code active}
   * @param node name of the only node whose memory is asked; of {@code active}
   */
  @GetMapping("actors")
  Mono<ObjectNode> actors(
      Authentication user,
      @RequestParam String system,
      @RequestParam String type,
      @RequestParam(defaultValue = "") String prefix,
      @RequestParam(defaultValue = "") String after,
      @RequestParam(defaultValue = "") String tag,
      @RequestParam(defaultValue = "50") int limit,
      @RequestParam(defaultValue = "false") boolean active,
      @RequestParam(defaultValue = "") String phase,
      @RequestParam(defaultValue = "") String node) {
    require(user, system, Role.VIEWER);
    Map<String, String> query = new LinkedHashMap<>();
    query.put("limit", Integer.toString(limit));
    if (!prefix.isEmpty()) {
      query.put("prefix", prefix);
    }
    if (!after.isEmpty()) {
      query.put("after", after);
    }
    if (!tag.isEmpty()) {
      query.put("tag", tag);
    }
    if (!active) {
      return stored(system, type, query);
    }
    if (!phase.isEmpty()) {
      query.put("phase", phase);
    }
    return inMemory(system, type, node, query, limit);
  }

  private Mono<ObjectNode> stored(String system, String type, Map<String, String> query) {
    Mono<JsonNode> page =
        fleet.any(system, type, node -> node.get("types/{type}/actors", query, type));
    return page.flatMap(
        rows -> {
          List<String> names = new ArrayList<>();
          rows.path("actors").forEach(row -> names.add(row.path("name").asString("")));
          return lookup(system, type, names)
              .map(
                  known -> {
                    for (JsonNode row : rows.path("actors")) {
                      Map<String, JsonNode> found =
                          known.getOrDefault(row.path("name").asString(""), Map.of());
                      found.forEach((field, value) -> ((ObjectNode) row).set(field, value));
                    }
                    return (ObjectNode) rows;
                  });
        });
  }

  /** What every node that answers in time knows of these actors. */
  private Mono<Map<String, Map<String, JsonNode>>> lookup(
      String system, String type, List<String> names) {
    return fleet
        .of(system)
        .flatMapMany(Flux::fromIterable)
        .filter(sighting -> sighting.hosts(type))
        .flatMap(
            sighting ->
                sighting
                    .node()
                    .post("types/{type}/lookup", Map.of("names", names), type)
                    .onErrorResume(NodeException.class, e -> Mono.empty())
                    .map(answer -> Map.entry(sighting.name(), answer)))
        .collectList()
        .map(
            answers -> {
              Map<String, Map<String, JsonNode>> known = new HashMap<>();
              for (Map.Entry<String, JsonNode> answer : answers) {
                for (var actor : answer.getValue().properties()) {
                  Map<String, JsonNode> fields = new LinkedHashMap<>();
                  actor.getValue().properties().forEach(f -> fields.put(f.getKey(), f.getValue()));
                  fields.put(
                      "node", tools.jackson.databind.node.StringNode.valueOf(answer.getKey()));
                  known.put(actor.getKey(), fields);
                }
              }
              return known;
            });
  }

  private Mono<ObjectNode> inMemory(
      String system, String type, String only, Map<String, String> query, int limit) {
    return fleet
        .of(system)
        .flatMapMany(Flux::fromIterable)
        .filter(sighting -> sighting.hosts(type))
        .filter(sighting -> only.isEmpty() || sighting.name().equals(only))
        .flatMap(
            sighting ->
                sighting
                    .node()
                    .get("types/{type}/active", query, type)
                    .onErrorResume(NodeException.class, e -> Mono.empty())
                    .map(page -> Map.entry(sighting.name(), page)))
        .collectList()
        .map(pages -> merged(pages, limit));
  }

  private static ObjectNode merged(List<Map.Entry<String, JsonNode>> pages, int limit) {
    List<ObjectNode> rows = new ArrayList<>();
    boolean more = false;
    for (Map.Entry<String, JsonNode> page : pages) {
      more |= !page.getValue().path("next").isNull();
      for (JsonNode row : page.getValue().path("actors")) {
        rows.add(((ObjectNode) row).put("node", page.getKey()));
      }
    }
    rows.sort(Comparator.comparing(row -> row.path("name").asString("")));
    more |= rows.size() > limit;
    ObjectNode merged = tools.jackson.databind.node.JsonNodeFactory.instance.objectNode();
    var actors = merged.putArray("actors");
    rows.stream().limit(limit).forEach(actors::add);
    if (more && !actors.isEmpty()) {
      merged.put("next", actors.get(actors.size() - 1).path("name").asString(""));
    } else {
      merged.putNull("next");
    }
    return merged;
  }

  @GetMapping("actor")
  Mono<ObjectNode> actor(
      Authentication user,
      @RequestParam String system,
      @RequestParam String type,
      @RequestParam String name) {
    Role role = require(user, system, Role.VIEWER);
    return atOwner(
            system,
            type,
            name,
            node -> node.get("types/{type}/actors/{name}", Map.of(), type, name))
        .map(
            actor -> {
              ObjectNode shown = (ObjectNode) actor;
              if (role == Role.VIEWER) {
                hideState(shown.path("stored"));
              }
              return shown;
            });
  }

  @GetMapping("history")
  Mono<JsonNode> history(
      Authentication user,
      @RequestParam String system,
      @RequestParam String type,
      @RequestParam String name,
      @RequestParam(defaultValue = "50") int limit) {
    Role role = require(user, system, Role.VIEWER);
    return fleet
        .any(
            system,
            type,
            node ->
                node.get(
                    "types/{type}/actors/{name}/history",
                    Map.of("limit", Integer.toString(limit)),
                    type,
                    name))
        .map(
            history -> {
              if (role == Role.VIEWER) {
                history.path("revisions").forEach(ActorsApi::hideState);
              }
              return history;
            });
  }

  /** By default a viewer does not see what actors hold. */
  private static void hideState(JsonNode snapshot) {
    if (snapshot instanceof ObjectNode object && !object.path("state").isNull()) {
      object.putObject("state").put("hidden", true);
    }
  }

  /** Asks any node who owns the actor, then the owner; any node, if nobody owns it. */
  private Mono<JsonNode> atOwner(
      String system, String type, String name, Function<NodeClient, Mono<JsonNode>> question) {
    Mono<JsonNode> told =
        fleet.any(
            system, type, node -> node.get("types/{type}/actors/{name}", Map.of(), type, name));
    return told.flatMap(
        actor -> {
          long owner = actor.path("ownerIncarnation").asLong(-1);
          if (owner < 0) {
            return fleet.any(system, type, question);
          }
          return fleet
              .of(system)
              .flatMap(
                  all ->
                      all.stream()
                          .filter(sighting -> sighting.incarnation() == owner)
                          .findFirst()
                          .map(sighting -> question.apply(sighting.node()))
                          .orElseGet(
                              () ->
                                  Mono.error(
                                      new NodeException(
                                          0,
                                          "%s/%s is owned by %s, which this console does not reach"
                                              .formatted(
                                                  type, name, actor.path("owner").asString("")))))
                          .onErrorResume(
                              e -> e instanceof NodeException silent && silent.isSilence(),
                              e -> unreachable(actor, e)));
        });
  }

  /** The store still tells what is in it while the owner is silent. */
  private static Mono<JsonNode> unreachable(JsonNode told, Throwable e) {
    ObjectNode shown = (ObjectNode) told;
    shown.put("phase", "unknown");
    shown.put("ownerError", String.valueOf(e.getMessage()));
    return Mono.just(shown);
  }

  /** What is to be done to one actor. */
  record Change(
      String system,
      String type,
      String name,
      String operation,
      @Nullable String action,
      @Nullable JsonNode payload,
      @Nullable Long revision,
      @Nullable String from) {}

  @PostMapping("actor")
  Mono<JsonNode> change(Authentication user, @RequestBody Change change) {
    require(user, change.system, Role.OPERATOR);
    Map<String, Object> body = new LinkedHashMap<>();
    String detail = "";
    switch (change.operation) {
      case "invoke" -> {
        body.put("action", change.action);
        body.put("payload", change.payload);
        detail = String.valueOf(change.action); // not the payload, which may be private
      }
      case "restore" -> {
        body.put("revision", change.revision);
        body.put("from", change.from);
        detail =
            (change.from == null ? "" : "from " + change.from + " ")
                + (change.revision == null ? "" : "revision " + change.revision);
      }
      case "pause" -> body.put("why", "paused by " + user.getName());
      case "resume", "release", "deactivate" -> {}
      default ->
          throw new NodeException(400, "There is no operation '%s'".formatted(change.operation));
    }
    Function<NodeClient, Mono<JsonNode>> act =
        node ->
            node.post(
                CALL,
                "types/{type}/actors/{name}/{operation}",
                body,
                change.type,
                change.name,
                change.operation);
    return access.audited(
        user,
        change.system,
        change.operation,
        change.type + "/" + change.name,
        detail,
        change.operation.equals("invoke")
            ? fleet.any(change.system, change.type, act)
            : owned(change.system, change.type, change.name, act));
  }

  /** As {@link #atOwner}, but what changes something fails if the owner is silent. */
  private Mono<JsonNode> owned(
      String system, String type, String name, Function<NodeClient, Mono<JsonNode>> act) {
    return atOwner(system, type, name, act)
        .flatMap(
            answer ->
                answer.has("ownerError")
                    ? Mono.error(new NodeException(0, answer.path("ownerError").asString("")))
                    : Mono.just(answer));
  }
}
