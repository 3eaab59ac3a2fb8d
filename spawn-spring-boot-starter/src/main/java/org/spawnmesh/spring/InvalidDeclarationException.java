package org.spawnmesh.spring;

import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.SpawnException;

/** An actor or a client was declared in a way that cannot work. */
public final class InvalidDeclarationException extends SpawnException {

  private static final long serialVersionUID = 1L;

  private final String description;
  private final String action;

  /**
   * @param description what is wrong, with class and method
   * @param action what to change
   */
  public InvalidDeclarationException(String description, String action, @Nullable Throwable cause) {
    super(Failure.notExecuted(FailureCode.INVALID_DECLARATION, description + " " + action), cause);
    this.description = description;
    this.action = action;
  }

  public InvalidDeclarationException(String description, String action) {
    this(description, action, null);
  }

  /** What is wrong. */
  public String description() {
    return description;
  }

  /** What to change. */
  public String action() {
    return action;
  }
}
