package org.spawnmesh.admin;

/** A node refused a request, or could not be asked. */
final class NodeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * @param status what it answered; 0 if it did not
   */
  NodeException(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  int status() {
    return status;
  }

  boolean isSilence() {
    return status == 0;
  }
}
