package org.spawnmesh.store;

/**
 * The store can never hold this change, for example because it is too large for a column. Nothing
 * was changed.
 */
public final class CommitRefusedException extends StoreException {

  private static final long serialVersionUID = 1L;

  public CommitRefusedException(String message) {
    super(message, null);
  }

  public CommitRefusedException(String message, Throwable cause) {
    super(message, cause);
  }
}
