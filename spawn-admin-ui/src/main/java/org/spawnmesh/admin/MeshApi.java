package org.spawnmesh.admin;

import static org.spawnmesh.admin.Access.require;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

/** The nodes of a system, and which shards they own. */
@RestController
@RequestMapping("/api")
final class MeshApi {

  private final Fleet fleet;
  private final ViewLog views;
  private final Access access;

  MeshApi(Fleet fleet, ViewLog views, Access access) {
    this.fleet = fleet;
    this.views = views;
    this.access = access;
  }

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
    shown.put("nodes", nodes.stream().map(Sighting::shown).toList());
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
    return access.audited(user, change.system, change.operation, change.address, "", act);
  }
}
