package org.spawnmesh.proxy.ingress;

import static org.springframework.web.reactive.function.server.RequestPredicates.GET;
import static org.springframework.web.reactive.function.server.RouterFunctions.route;

import org.spawnmesh.actor.FailureCode;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** What can be read from the proxy, and the answer to everything that is not there. */
record IngressRoutes(StateHandler state, HealthHandler health, MetricsHandler metrics) {

  RouterFunction<ServerResponse> all() {
    return route(GET("/api/v1/system/{system}/actors/{*name}"), state::handle)
        .andRoute(GET("/health").or(GET("/health/liveness")), health::live)
        .andRoute(GET("/health/readiness"), health::ready)
        .andRoute(GET("/metrics"), metrics::handle);
  }

  /** For every path that nobody else has. */
  static RouterFunction<ServerResponse> others() {
    return route(request -> true, IngressRoutes::notFound);
  }

  private static Mono<ServerResponse> notFound(ServerRequest request) {
    String path = request.path();
    return Answers.text(
        Outcome.of(
            new RefusedRequestException(
                HttpStatus.NOT_FOUND,
                FailureCode.REQUEST_INVALID,
                "There is no %s %s here"
                    .formatted(
                        request.method(),
                        path.length() <= 128 ? path : path.substring(0, 128) + "…"))));
  }
}
