package org.spawnmesh.store;

/** Another standalone node runs on this store. */
public final class StoreLockedException extends StoreException {

  private static final long serialVersionUID = 1L;

  public StoreLockedException(String message) {
    super(message, null);
  }
}
