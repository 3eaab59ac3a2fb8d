package org.spawnmesh.store;

import org.jspecify.annotations.Nullable;

/**
 * The view could not be raised, because another was raised meanwhile or a member is fenced. Nothing
 * was changed.
 */
public final class ViewConflictException extends StoreException {

  private static final long serialVersionUID = 1L;

  private final transient @Nullable Incarnation unfit;

  private ViewConflictException(String message, @Nullable Incarnation unfit) {
    super(message, null);
    this.unfit = unfit;
  }

  public static ViewConflictException raisedMeanwhile(long now, long from) {
    return new ViewConflictException(
        "View %d was raised meanwhile, after %d".formatted(now, from), null);
  }

  public static ViewConflictException unfit(Incarnation member) {
    return new ViewConflictException("Node %s is fenced or unknown".formatted(member), member);
  }

  /** The member that is fenced or unknown; null if another view was raised meanwhile. */
  public @Nullable Incarnation unfit() {
    return unfit;
  }
}
