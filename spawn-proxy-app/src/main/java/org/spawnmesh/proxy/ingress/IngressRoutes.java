package org.spawnmesh.proxy.ingress;

import static org.springframework.web.reactive.function.server.RequestPredicates.GET;
import static org.springframework.web.reactive.function.server.RequestPredicates.POST;
import static org.springframework.web.reactive.function.server.RequestPredicates.all;
import static org.springframework.web.reactive.function.server.RequestPredicates.method;
import static org.springframework.web.reactive.function.server.RouterFunctions.route;

import com.google.protobuf.Message;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.RequestStatus;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.server.RequestPredicate;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/**
 * The proxy's paths.
 *
 * <p>Hosts put names into the path as they are, so a name may bring slashes, question marks and
 * worse. Which message is meant is seen from the ends of the path alone; what is between them is
 * not looked at, because the message says it again.
 */
record IngressRoutes(
    RegistrationHandler registration,
    SpawnHandler spawn,
    InvocationHandler invocation,
    StateHandler state,
    HealthHandler health,
    MetricsHandler metrics) {

  private static final String SYSTEM = "/api/v1/system";

  RouterFunction<ServerResponse> protocol() {
    return route(POST(SYSTEM), registration::handle)
        .andRoute(POST(SYSTEM + "/"), registration::handle)
        .andRoute(post(IngressRoutes::spawns), spawn::handle)
        .andRoute(post(IngressRoutes::invokes), invocation::handle)
        .andRoute(GET(SYSTEM + "/{system}/actors/{*name}"), state::handle)
        .andRoute(GET("/health").or(GET("/health/liveness")), health::live)
        .andRoute(GET("/health/readiness"), health::ready)
        .andRoute(GET("/metrics"), metrics::handle);
  }

  private interface PathRule {
    boolean matches(String path);
  }

  private static RequestPredicate post(PathRule rule) {
    return method(HttpMethod.POST).and(request -> rule.matches(request.path()));
  }

  /** What the caller of this path expects, with this status in it. */
  static Message message(String path, RequestStatus status) {
    if (path.equals(SYSTEM) || path.equals(SYSTEM + "/")) {
      return RegistrationHandler.answer(status);
    }
    return spawns(path)
        ? SpawnHandler.answer(status)
        : InvocationResponse.newBuilder().setStatus(status).build();
  }

  static boolean spawns(String path) {
    return path.startsWith(SYSTEM + "/") && path.endsWith("/actors/spawn");
  }

  static boolean invokes(String path) {
    return path.startsWith(SYSTEM + "/") && path.contains("/actors/");
  }

  /** For every path that nobody else has. */
  static RouterFunction<ServerResponse> others() {
    return route(all(), IngressRoutes::notFound);
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
