package org.spawnmesh.examples.quickstart;

import java.time.Duration;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.SpawnException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;

/** Failed calls as problem details (RFC 9457) that say whether trying again is safe. */
@RestControllerAdvice
class MeshProblems {

  @ExceptionHandler
  ResponseEntity<ProblemDetail> failed(SpawnException e) {
    Failure failure = e.failure();
    HttpStatus status = status(failure);
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, failure.message());
    problem.setTitle(failure.code().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
    problem.setProperty("code", failure.code().id());
    problem.setProperty("execution", failure.execution());
    problem.setProperty("advice", failure.code().advice());
    ResponseEntity.BodyBuilder response = ResponseEntity.status(status);
    Duration retryAfter = failure.retryAfter();
    if (retryAfter != null) {
      response.header(HttpHeaders.RETRY_AFTER, String.valueOf(Math.max(1, retryAfter.toSeconds())));
    }
    return response.body(problem);
  }

  /** A name that cannot be an actor's. */
  @ExceptionHandler
  ProblemDetail refused(IllegalArgumentException e) {
    return ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, String.valueOf(e.getMessage()));
  }

  static HttpStatus status(Failure failure) {
    return switch (failure.code()) {
      case INVALID_NAME, PAYLOAD_UNREADABLE -> HttpStatus.BAD_REQUEST;
      case UNKNOWN_TYPE, UNKNOWN_ACTION -> HttpStatus.NOT_FOUND;
      case CALL_CYCLE, COMMIT_REFUSED -> HttpStatus.CONFLICT;
      case PAYLOAD_TOO_LARGE, STATE_TOO_LARGE -> HttpStatus.CONTENT_TOO_LARGE;
      case MAILBOX_FULL -> HttpStatus.TOO_MANY_REQUESTS;
      case NODE_UNAVAILABLE, STORE_UNAVAILABLE, LOST_OWNERSHIP, TOO_MANY_HOPS ->
          HttpStatus.SERVICE_UNAVAILABLE;
      case DEADLINE_PASSED -> HttpStatus.GATEWAY_TIMEOUT;
      default -> HttpStatus.INTERNAL_SERVER_ERROR;
    };
  }
}
