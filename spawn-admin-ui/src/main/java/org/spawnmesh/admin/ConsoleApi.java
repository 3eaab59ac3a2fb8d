package org.spawnmesh.admin;

import static org.spawnmesh.admin.Access.require;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.security.core.Authentication;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
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
 * What every page of the console asks, and what scripts may ask in its place: everything of all
 * nodes, after a look at who asks. {@link ActorsApi}, {@link AgendaApi}, {@link MeshApi} and {@link
 * DeploymentsApi} answer the rest. Names travel as parameters: they may hold anything.
 */
@RestController
@RequestMapping("/api")
final class ConsoleApi {

  private final Fleet fleet;
  private final LiveFeed live;
  private final Audit audit;
  private final boolean deployments;

  /**
   * @param deployments whether there is a page for them
   */
  ConsoleApi(Fleet fleet, LiveFeed live, Audit audit, boolean deployments) {
    this.fleet = fleet;
    this.live = live;
    this.audit = audit;
    this.deployments = deployments;
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
              me.put("deployments", deployments);
              me.put("csrfHeader", both.getT2().getHeaderName());
              me.put("csrfToken", both.getT2().getToken());
              return me;
            });
  }

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
    shown.put("nodes", nodes.stream().map(Sighting::shown).toList());
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

  @GetMapping("audit")
  Mono<ObjectNode> audit(Authentication user, @RequestParam(defaultValue = "200") int limit) {
    require(user, "", Role.ADMIN);
    return Mono.fromCallable(() -> audit.read(Math.clamp(limit, 1, 2000)))
        .subscribeOn(Schedulers.boundedElastic());
  }
}
