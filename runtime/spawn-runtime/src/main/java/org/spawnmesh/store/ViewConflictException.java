package org.spawnmesh.store;

/**
 * The view could not be raised, because another was raised meanwhile or a member is fenced. Nothing
 * was changed.
 */
public final class ViewConflictException extends StoreException {

  private static final long serialVersionUID = 1L;

  public ViewConflictException(String message) {
    super(message, null);
  }
}
