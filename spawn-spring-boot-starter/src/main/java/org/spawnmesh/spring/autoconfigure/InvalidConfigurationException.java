package org.spawnmesh.spring.autoconfigure;

/** Properties or beans that contradict each other. */
final class InvalidConfigurationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String description;
  private final String action;

  /**
   * @param description what is wrong, with each property and its value
   * @param action what to change
   */
  InvalidConfigurationException(String description, String action) {
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
