package org.spawnmesh.store;

/** A snapshot exists and cannot be read; it is never replaced by a default. */
public final class UnreadableStateException extends StoreException {

  private static final long serialVersionUID = 1L;

  public UnreadableStateException(String message) {
    super(message, null);
  }

  public UnreadableStateException(String message, Throwable cause) {
    super(message, cause);
  }
}
