package org.spawnmesh.actor;

import org.jspecify.annotations.Nullable;

/** A {@link Failure} as an exception: what a caller of a client or of a start method catches. */
public class SpawnException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient Failure failure;

  public SpawnException(Failure failure) {
    super(failure.toString());
    this.failure = failure;
  }

  public SpawnException(Failure failure, @Nullable Throwable cause) {
    super(failure.toString(), cause);
    this.failure = failure;
  }

  public Failure failure() {
    return failure;
  }

  public FailureCode code() {
    return failure.code();
  }

  public Execution execution() {
    return failure.execution();
  }
}
