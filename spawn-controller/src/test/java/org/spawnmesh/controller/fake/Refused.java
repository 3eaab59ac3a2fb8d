package org.spawnmesh.controller.fake;

/** What the API server answers instead of doing it. */
final class Refused extends RuntimeException {

  private static final long serialVersionUID = 1L;

  final int code;
  final String reason;

  Refused(int code, String reason, String message) {
    super(message);
    this.code = code;
    this.reason = reason;
  }
}
