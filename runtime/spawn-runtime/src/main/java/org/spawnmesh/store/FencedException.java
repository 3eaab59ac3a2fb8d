package org.spawnmesh.store;

/**
 * The writer may not commit: its node is not MEMBER, or the batch number is not the next one.
 * Nothing was changed.
 */
public final class FencedException extends StoreException {

  private static final long serialVersionUID = 1L;

  public FencedException(String message) {
    super(message, null);
  }
}
