package org.spawnmesh.proxy.config;

/** An environment variable or property that the proxy cannot start with. */
final class InvalidVariableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String description;
  private final String action;

  /**
   * @param description what is wrong, with the value
   * @param action what to change
   */
  InvalidVariableException(String description, String action) {
    super(description + " " + action);
    this.description = description;
    this.action = action;
  }

  String description() {
    return description;
  }

  String action() {
    return action;
  }
}
