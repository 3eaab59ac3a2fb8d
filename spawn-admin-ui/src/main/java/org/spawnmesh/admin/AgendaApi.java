package org.spawnmesh.admin;

import static org.spawnmesh.admin.Access.require;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.security.core.Authentication;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Messages and reminders that are outstanding. */
@RestController
@RequestMapping("/api")
final class AgendaApi {

  private static final Duration CALL = Duration.ofSeconds(65);

  private final Fleet fleet;
  private final Access access;

  AgendaApi(Fleet fleet, Access access) {
    this.fleet = fleet;
    this.access = access;
  }

  private static final List<String> PARTS_OF_ACTOR =
      List.of("outbox", "dead-letters", "reminders", "replies");

  private static final Map<String, List<String>> OPERATIONS =
      Map.of(
          "outbox", List.of("cancel"),
          "dead-letters", List.of("retry", "drop"),
          "reminders", List.of("cancel"));

  /** Dead letters or reminders of a type's actors, a page at a time. */
  @GetMapping("agenda/{part:dead-letters|reminders}")
  Mono<JsonNode> agenda(
      Authentication user,
      @PathVariable String part,
      @RequestParam String system,
      @RequestParam String type,
      @RequestParam Map<String, String> all) {
    require(user, system, Role.VIEWER);
    Map<String, String> query = new LinkedHashMap<>(all);
    query.keySet().retainAll(List.of("prefix", "after", "limit", "due"));
    return fleet.any(system, type, node -> node.get("types/{type}/{part}", query, type, part));
  }

  /** What one actor has to send, to do and to remember, the first of each. */
  @GetMapping("agenda/actor")
  Mono<Map<String, Object>> agenda(
      Authentication user,
      @RequestParam String system,
      @RequestParam String type,
      @RequestParam String name) {
    require(user, system, Role.VIEWER);
    return Flux.fromIterable(PARTS_OF_ACTOR)
        .flatMap(
            part ->
                fleet
                    .any(
                        system,
                        type,
                        node ->
                            node.get(
                                "types/{type}/actors/{name}/{part}", Map.of(), type, name, part))
                    .map(page -> Map.entry(part, page)))
        .collectMap(Map.Entry::getKey, Map.Entry::getValue);
  }

  /** What is to be done to messages or reminders of a type's actors. */
  record AgendaChange(
      String system, String type, String part, String operation, JsonNode rows, boolean preview) {

    /** Each as {@code actor#sequence} or {@code actor/reminder}. */
    private String names() {
      List<String> names = new ArrayList<>();
      for (JsonNode row : rows) {
        names.add(
            row.path("name").asString("")
                + (row.has("sequence")
                    ? "#" + row.path("sequence").asLong(0)
                    : "/" + row.path("reminder").asString("")));
      }
      return String.join(", ", names);
    }
  }

  @PostMapping("agenda")
  Mono<JsonNode> change(Authentication user, @RequestBody AgendaChange change) {
    require(user, change.system, Role.OPERATOR);
    if (!OPERATIONS.getOrDefault(change.part, List.of()).contains(change.operation)) {
      throw new NodeException(
          400, "There is no operation '%s' of %s".formatted(change.operation, change.part));
    }
    Map<String, Object> body =
        Map.of("operation", change.operation, "rows", change.rows, "preview", change.preview);
    Mono<JsonNode> act =
        fleet.any(
            change.system,
            change.type,
            node -> node.post(CALL, "types/{type}/{part}", body, change.type, change.part));
    return change.preview
        ? act
        : access.audited(
            user,
            change.system,
            change.operation + " " + change.part,
            change.type,
            change.names(),
            act);
  }
}
