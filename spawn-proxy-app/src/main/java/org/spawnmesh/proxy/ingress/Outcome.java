package org.spawnmesh.proxy.ingress;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.protocol.RequestStatus;
import org.spawnmesh.protocol.Status;
import org.springframework.http.HttpStatus;

/** How a failure looks from outside: in the protocol's words and in HTTP's. Immutable. */
record Outcome(HttpStatus http, Failure failure) {

  private static final Logger log = LoggerFactory.getLogger(Outcome.class);

  static Outcome of(Failure failure) {
    return new Outcome(http(failure.code()), failure);
  }

  static Outcome of(Throwable thrown) {
    Throwable cause = thrown;
    while ((cause instanceof CompletionException || cause instanceof ExecutionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof RefusedRequestException refused) {
      return new Outcome(refused.status(), refused.failure());
    }
    if (cause instanceof SpawnException failed) {
      return of(failed.failure());
    }
    log.error("A request failed unexpectedly", cause);
    return new Outcome(
        HttpStatus.INTERNAL_SERVER_ERROR,
        Failure.unknown(
            FailureCode.NODE_UNAVAILABLE, "The proxy failed on this request; its log says why"));
  }

  RequestStatus status() {
    Status word =
        switch (failure.code()) {
          case UNKNOWN_TYPE, UNKNOWN_ACTOR -> Status.ACTOR_NOT_FOUND;
          default -> Status.ERROR;
        };
    return RequestStatus.newBuilder().setStatus(word).setMessage(failure.toString()).build();
  }

  private static HttpStatus http(FailureCode code) {
    return switch (code) {
      case REQUEST_INVALID, INVALID_NAME, INVALID_DECLARATION, PAYLOAD_UNREADABLE ->
          HttpStatus.BAD_REQUEST;
      case ACCESS_DENIED -> HttpStatus.FORBIDDEN;
      case UNKNOWN_TYPE, UNKNOWN_ACTOR, UNKNOWN_ACTION -> HttpStatus.NOT_FOUND;
      case CALL_CYCLE, COMMIT_REFUSED -> HttpStatus.CONFLICT;
      case PAYLOAD_TOO_LARGE, STATE_TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
      case MAILBOX_FULL -> HttpStatus.TOO_MANY_REQUESTS;
      case NODE_UNAVAILABLE,
          NODE_OVERLOADED,
          HOST_UNAVAILABLE,
          STORE_UNAVAILABLE,
          LOST_OWNERSHIP,
          TOO_MANY_HOPS ->
          HttpStatus.SERVICE_UNAVAILABLE;
      case DEADLINE_PASSED -> HttpStatus.GATEWAY_TIMEOUT;
      default -> HttpStatus.INTERNAL_SERVER_ERROR;
    };
  }
}
