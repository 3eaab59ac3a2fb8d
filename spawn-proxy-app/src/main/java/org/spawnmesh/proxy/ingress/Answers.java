package org.spawnmesh.proxy.ingress;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Answers of the paths that WebFlux serves. */
final class Answers {

  private Answers() {}

  static Mono<ServerResponse> message(Reply reply) {
    return head(reply.http(), reply.retryAfterSeconds())
        .contentType(MediaType.APPLICATION_OCTET_STREAM)
        .bodyValue(reply.message().toByteArray());
  }

  /** For callers of whom nobody knows what they expect. */
  static Mono<ServerResponse> text(Outcome outcome) {
    return ServerResponse.status(outcome.http())
        .contentType(MediaType.TEXT_PLAIN)
        .bodyValue(outcome.failure() + "\n");
  }

  /**
   * @param retryAfter in seconds; 0 if waiting does not help
   */
  static ServerResponse.BodyBuilder head(HttpStatus http, long retryAfter) {
    ServerResponse.BodyBuilder response = ServerResponse.status(http);
    return retryAfter == 0
        ? response
        : response.header(HttpHeaders.RETRY_AFTER, String.valueOf(retryAfter));
  }
}
