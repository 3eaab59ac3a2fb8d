package org.spawnmesh.store;

/** A commit was sent and its outcome never arrived: it may have happened, or may still happen. */
public final class OutcomeUnknownException extends StoreException {

  private static final long serialVersionUID = 1L;

  public OutcomeUnknownException(String message) {
    super(message, null);
  }

  public OutcomeUnknownException(String message, Throwable cause) {
    super(message, cause);
  }
}
