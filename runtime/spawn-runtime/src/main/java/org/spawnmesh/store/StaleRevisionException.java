package org.spawnmesh.store;

import java.util.Set;
import org.spawnmesh.actor.ActorId;

/** Another writer was faster. Nothing was changed. */
public final class StaleRevisionException extends StoreException {

  private static final long serialVersionUID = 1L;

  private final transient Set<ActorId> actors;

  /**
   * @param actors those whose stored revision differs, as far as the store can tell; empty if it
   *     only knows that there is one in the batch
   */
  public StaleRevisionException(String message, Set<ActorId> actors) {
    super(message, null);
    this.actors = Set.copyOf(actors);
  }

  public Set<ActorId> actors() {
    return actors;
  }
}
