package org.spawnmesh.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One call and all that it caused, from what every node knows of it. Immutable. */
record CallChain(String name, List<JsonNode> steps) {

  /** Asks all nodes; those that are silent, or know no chains, add nothing. */
  static Mono<CallChain> find(List<Sighting> nodes, String name) {
    return Flux.fromIterable(nodes)
        .flatMap(
            sighting ->
                sighting
                    .node()
                    .get("chains/{chain}", Map.of(), name)
                    .onErrorResume(NodeException.class, e -> Mono.empty())
                    .map(known -> steps(known, sighting.name())))
        .collect(ArrayList<JsonNode>::new, List::addAll)
        .map(steps -> new CallChain(name, List.copyOf(steps)));
  }

  private static List<JsonNode> steps(JsonNode known, String node) {
    List<JsonNode> steps = new ArrayList<>();
    for (JsonNode step : known.path("steps")) {
      steps.add(((ObjectNode) step).put("node", node));
    }
    return steps;
  }
}
