package org.spawnmesh.actor;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Why a call failed: the code, what happened to whom and why, and what the caller may assume.
 * Immutable.
 *
 * @param code the kind of failure
 * @param message what, which actor, why; without the advice
 * @param execution whether the action took effect
 * @param retryAfter how long to wait before trying again, or null if waiting does not help
 */
public record Failure(
    FailureCode code, String message, Execution execution, @Nullable Duration retryAfter) {

  public static Failure notExecuted(FailureCode code, String message) {
    return new Failure(code, message, Execution.NOT_EXECUTED, null);
  }

  public static Failure executed(FailureCode code, String message) {
    return new Failure(code, message, Execution.EXECUTED, null);
  }

  public static Failure unknown(FailureCode code, String message) {
    return new Failure(code, message, Execution.UNKNOWN, null);
  }

  public Failure retryAfter(Duration delay) {
    return new Failure(code, message, execution, delay);
  }

  /** The whole sentence, as it is shown to people. */
  @Override
  public String toString() {
    return "%s %s: %s. The action %s. %s"
        .formatted(code.id(), code, message, execution.words(), code.advice());
  }
}
