package org.spawnmesh.proxy.ingress;

import org.spawnmesh.runtime.NodeStatus;
import org.spawnmesh.runtime.SpawnNode;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** What load balancers ask. Alive is who answers; ready is who takes calls. */
final class HealthHandler {

  private final SpawnNode node;
  private final ApplicationAvailability availability;

  HealthHandler(SpawnNode node, ApplicationAvailability availability) {
    this.node = node;
    this.availability = availability;
  }

  Mono<ServerResponse> live(ServerRequest request) {
    return status(HttpStatus.OK, "up");
  }

  Mono<ServerResponse> ready(ServerRequest request) {
    boolean ready =
        node.status() == NodeStatus.ACCEPTING
            && availability.getReadinessState() == ReadinessState.ACCEPTING_TRAFFIC;
    return ready ? status(HttpStatus.OK, "up") : status(HttpStatus.SERVICE_UNAVAILABLE, "down");
  }

  private static Mono<ServerResponse> status(HttpStatus http, String word) {
    return ServerResponse.status(http)
        .contentType(MediaType.APPLICATION_JSON)
        .bodyValue("{\"status\":\"" + word + "\"}");
  }
}
