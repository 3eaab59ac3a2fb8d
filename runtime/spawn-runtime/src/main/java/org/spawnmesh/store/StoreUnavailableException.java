package org.spawnmesh.store;

/** The store cannot answer now; what was asked surely did not happen. */
public final class StoreUnavailableException extends StoreException {

  private static final long serialVersionUID = 1L;

  public StoreUnavailableException(String message) {
    super(message, null);
  }

  public StoreUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
