package org.spawnmesh.spring.management;

/** A request that is answered with an error; the message is for whoever sent it. */
final class RefusedRequestException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;

  RefusedRequestException(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  static RefusedRequestException badRequest(String message) {
    return new RefusedRequestException(400, message);
  }

  static RefusedRequestException notFound(String message) {
    return new RefusedRequestException(404, message);
  }

  int status() {
    return status;
  }
}
