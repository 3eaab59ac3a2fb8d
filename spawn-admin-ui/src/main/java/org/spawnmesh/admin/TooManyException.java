package org.spawnmesh.admin;

/** There is no place for one more. */
final class TooManyException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String code;

  /**
   * @param code for programs
   */
  TooManyException(String code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  String code() {
    return code;
  }
}
