package org.spawnmesh.proxy.ingress;

import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.SpawnException;
import org.springframework.http.HttpStatus;

/** A request that is refused before anybody is called, with an HTTP status of its own. */
final class RefusedRequestException extends SpawnException {

  private static final long serialVersionUID = 1L;

  private final HttpStatus status;

  RefusedRequestException(HttpStatus status, FailureCode code, String message) {
    super(Failure.notExecuted(code, message));
    this.status = status;
  }

  HttpStatus status() {
    return status;
  }

  static RefusedRequestException badRequest(String message) {
    return new RefusedRequestException(
        HttpStatus.BAD_REQUEST, FailureCode.REQUEST_INVALID, message);
  }
}
