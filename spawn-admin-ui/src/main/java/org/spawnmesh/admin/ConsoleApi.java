package org.spawnmesh.admin;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What the console's pages ask, and what scripts may ask in their place: everything of all nodes,
 * after a look at who asks. Names travel as parameters: they may hold anything.
 */
@RestController
@RequestMapping("/api")
final class ConsoleApi {

  private static final Duration CALL = Duration.ofSeconds(65);

  private final Fleet fleet;
  private final LiveFeed live;
  private final Audit audit;
  private final ViewLog views;

  ConsoleApi(Fleet fleet, LiveFeed live, Audit audit, ViewLog views) {
    this.fleet = fleet;
    this.live = live;
    this.audit = audit;
    this.views = views;
  }

  // ---- who may ----

  /** Refuses by an exception, so that no request gets further by a mistake. */
  private static Role require(Authentication user, String system, Role least) {
    Role role = Role.in(system, user.getAuthorities());
    if (role == null || role.compareTo(least) < 0) {
      throw new RefusedException(
          "%s is needed in '%s'; %s has %s"
              .formatted(least, system, user.getName(), role == null ? "no role" : role));
    }
    return role;
  }

  /** Who asks for what they may not. */
  static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
      super(message, null, false, false);
    }
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> refused(RefusedException e) {
    return problem(HttpStatus.FORBIDDEN, String.valueOf(e.getMessage()));
  }

  @ExceptionHandler
  ResponseEntity<Map<String, Object>> node(NodeException e) {
    HttpStatus status = e.isSilence() ? HttpStatus.BAD_GATEWAY : HttpStatus.resolve(e.status());
    // a node that does not know our token is our mistake, not the reader's
    return problem(
        status == null || status == HttpStatus.UNAUTHORIZED ? HttpStatus.BAD_GATEWAY : status,
        e.status() == 401
            ? "The node refuses this console's token: compare spawn.admin.token and spawn.management.token"
            : String.valueOf(e.getMessage()));
  }

  private static ResponseEntity<Map<String, Object>> problem(HttpStatus status, String words) {
    return ResponseEntity.status(status).body(Map.of("error", words));
  }

  @GetMapping("me")
  Mono<Map<String, Object>> me(Authentication user, ServerWebExchange exchange) {
    Mono<CsrfToken> token = exchange.getAttributeOrDefault(CsrfToken.class.getName(), Mono.empty());
    return Mono.zip(fleet.look(), token)
        .map(
            both -> {
              Map<String, Object> me = new LinkedHashMap<>();
              me.put("name", user.getName());
              Map<String, String> roles = new TreeMap<>();
              for (Sighting sighting : both.getT1()) {
                Role role = Role.in(sighting.system(), user.getAuthorities());
                if (role != null && sighting.info() != null) {
                  roles.put(sighting.system(), role.name());
                }
              }
              me.put("roles", roles);
              Role everywhere = Role.in("", user.getAuthorities());
              me.put("role", everywhere == null ? null : everywhere.name());
              me.put("csrfHeader", both.getT2().getHeaderName());
              me.put("csrfToken", both.getT2().getToken());
              return me;
            });
  }

  // ---- everything ----

  /** Nodes and types of every system that one may see. */
  @GetMapping("overview")
  Mono<Map<String, Object>> overview(Authentication user) {
    return fleet
        .look()
        .map(
            all -> {
              Map<String, List<Sighting>> bySystem = new TreeMap<>();
              for (Sighting sighting : all) {
                Role role = Role.in(sighting.system(), user.getAuthorities());
                if (role != null) {
                  bySystem.computeIfAbsent(sighting.system(), s -> new ArrayList<>()).add(sighting);
                }
              }
              // a node that never told its system may be of any
              List<Sighting> strangers = bySystem.remove("");
              if (strangers != null && bySystem.isEmpty()) {
                bySystem.put("", strangers);
              } else if (strangers != null) {
                bySystem.values().forEach(nodes -> nodes.addAll(strangers));
              }
              List<Map<String, Object>> systems = new ArrayList<>();
              bySystem.forEach((system, nodes) -> systems.add(system(system, nodes)));
              return Map.of("systems", systems);
            });
  }

  private static Map<String, Object> system(String system, List<Sighting> nodes) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("name", system);
    shown.put("nodes", nodes.stream().map(ConsoleApi::node).toList());
    Map<String, Map<String, Object>> types = new TreeMap<>();
    for (Sighting sighting : nodes) {
      JsonNode info = sighting.info();
      if (info == null || !sighting.isAlive()) {
        continue;
      }
      shown.put("store", info.path("store").asString(""));
      for (JsonNode type : info.path("types")) {
        Map<String, Object> sum =
            types.computeIfAbsent(
                type.path("name").asString(""),
                name -> {
                  Map<String, Object> first = new LinkedHashMap<>();
                  first.put("name", name);
                  first.put("kind", type.path("kind").asString(""));
                  first.put("stateful", type.path("stateful").asBoolean(false));
                  first.put("history", type.path("history").asInt(0));
                  first.put("activations", 0);
                  first.put("quarantined", 0);
                  first.put("nodes", 0);
                  return first;
                });
        sum.merge("activations", type.path("activations").asInt(0), ConsoleApi::plus);
        sum.merge("quarantined", type.path("quarantined").asInt(0), ConsoleApi::plus);
        sum.merge("nodes", 1, ConsoleApi::plus);
      }
    }
    shown.put("types", types.values());
    return shown;
  }

  private static Object plus(Object a, Object b) {
    return (Integer) a + (Integer) b;
  }

  private static Map<String, Object> node(Sighting sighting) {
    Map<String, Object> node = new LinkedHashMap<>();
    node.put("address", sighting.node().address());
    node.put("name", sighting.name());
    node.put("status", sighting.status());
    node.put("alive", sighting.isAlive());
    node.put("error", sighting.error());
    JsonNode info = sighting.info();
    if (info != null) {
      node.put("incarnation", info.get("incarnation"));
      node.put("cordoned", info.path("cordoned").asBoolean(false));
      node.put("version", info.path("version").asString(""));
      int activations = 0;
      for (JsonNode type : info.path("types")) {
        activations += type.path("activations").asInt(0);
      }
      node.put("activations", sighting.isAlive() ? activations : null);
    }
    return node;
  }

  @GetMapping(path = "live", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
  Flux<ServerSentEvent<Object>> live(Authentication user) {
    require(user, "", Role.VIEWER);
    return live.watch();
  }

  @GetMapping("chain")
  Mono<CallChain> chain(
      Authentication user, @RequestParam String system, @RequestParam String chain) {
    require(user, system, Role.VIEWER);
    return fleet.of(system).flatMap(nodes -> CallChain.find(nodes, chain));
  }

  // ---- actors ----

  @GetMapping("type")
  Mono<JsonNode> type(Authentication user, @RequestParam String system, @RequestParam String type) {
    require(user, system, Role.VIEWER);
    return fleet.any(system, type, node -> node.get("types/{type}", Map.of(), type));
  }

  /** Stored actors, with what the memory of every node adds; none is woken. */
  @GetMapping("actors")
  Mono<ObjectNode> actors(
      Authentication user,
      @RequestParam String system,
      @RequestParam String type,
      @RequestParam(defaultValue = "") String prefix,
      @RequestParam(defaultValue = "") String after,
      @RequestParam(defaultValue = "50") int limit,
      @RequestParam(defaultValue = "false") boolean active) {
    require(user, system, Role.VIEWER);
    Map<String, String> query = new LinkedHashMap<>();
    query.put("limit", Integer.toString(limit));
    if (!prefix.isEmpty()) {
      query.put("prefix", prefix);
    }
    if (!after.isEmpty()) {
      query.put("after", after);
    }
    return active ? inMemory(system, type, query, limit) : stored(system, type, query);
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
      String system, String type, Map<String, String> query, int limit) {
    return fleet
        .of(system)
        .flatMapMany(Flux::fromIterable)
        .filter(sighting -> sighting.hosts(type))
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
                history.path("revisions").forEach(ConsoleApi::hideState);
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
    return audited(
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

  // ---- what is outstanding ----

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
        : audited(
            user,
            change.system,
            change.operation + " " + change.part,
            change.type,
            change.names(),
            act);
  }

  // ---- nodes ----

  @GetMapping("mesh")
  Mono<Map<String, Object>> mesh(Authentication user, @RequestParam String system) {
    require(user, system, Role.VIEWER);
    return fleet
        .look()
        .flatMap(
            all -> {
              List<Sighting> those =
                  all.stream().filter(sighting -> sighting.system().equals(system)).toList();
              return Flux.fromIterable(those)
                  .filter(Sighting::isAlive)
                  .flatMap(
                      sighting ->
                          sighting
                              .node()
                              .get("mesh", Map.of())
                              .onErrorResume(NodeException.class, e -> Mono.empty()))
                  .collectList()
                  .map(known -> mesh(system, those, known));
            });
  }

  private Map<String, Object> mesh(String system, List<Sighting> nodes, List<JsonNode> known) {
    JsonNode newest = null;
    Map<Long, JsonNode> here = new HashMap<>();
    for (JsonNode mesh : known) {
      if (newest == null || mesh.path("view").asLong(0) > newest.path("view").asLong(0)) {
        newest = mesh;
      }
      here.put(mesh.path("self").asLong(-1), mesh.path("here"));
    }
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("nodes", nodes.stream().map(ConsoleApi::node).toList());
    shown.put("mesh", newest);
    shown.put("here", here);
    if (newest != null) {
      views.saw(system, newest);
    }
    shown.put("views", views.of(system));
    return shown;
  }

  /** What is to be done to one node. */
  record NodeChange(String system, String address, String operation) {}

  @PostMapping("node")
  Mono<JsonNode> change(Authentication user, @RequestBody NodeChange change) {
    require(user, change.system, Role.ADMIN);
    if (!List.of("drain", "cordon", "uncordon").contains(change.operation)) {
      throw new NodeException(400, "There is no operation '%s'".formatted(change.operation));
    }
    Mono<JsonNode> act =
        fleet
            .of(change.system)
            .flatMap(
                all ->
                    all.stream()
                        .filter(sighting -> sighting.node().address().equals(change.address))
                        .findFirst()
                        .map(sighting -> sighting.node().post(change.operation, Map.of()))
                        .orElseGet(
                            () ->
                                Mono.error(
                                    new NodeException(
                                        404,
                                        "No node of '%s' answers at %s"
                                            .formatted(change.system, change.address)))));
    return audited(user, change.system, change.operation, change.address, "", act);
  }

  // ---- audit ----

  private Mono<JsonNode> audited(
      Authentication user,
      String system,
      String what,
      String target,
      String detail,
      Mono<JsonNode> act) {
    return Mono.fromCallable(() -> audit.asked(user.getName(), system, what, target, detail))
        .subscribeOn(Schedulers.boundedElastic())
        .flatMap(
            number ->
                act.publishOn(Schedulers.boundedElastic())
                    .doOnNext(answer -> audit.ended(number, outcome(answer)))
                    .doOnError(e -> audit.ended(number, "failed: " + e.getMessage()))
                    .doOnCancel(() -> audit.ended(number, "unknown: the reader went away")))
        .doFinally(end -> fleet.forget());
  }

  private static String outcome(JsonNode answer) {
    JsonNode failure = answer.get("failure");
    if (failure != null && !failure.isNull()) {
      return "failed: %s %s"
          .formatted(failure.path("code").asString(""), failure.path("message").asString(""));
    }
    return answer.path("done").asBoolean(true) ? "done" : "nothing to do";
  }

  @GetMapping("audit")
  Mono<ObjectNode> audit(Authentication user, @RequestParam(defaultValue = "200") int limit) {
    require(user, "", Role.ADMIN);
    return Mono.fromCallable(() -> audit.read(Math.clamp(limit, 1, 2000)))
        .subscribeOn(Schedulers.boundedElastic());
  }
}
