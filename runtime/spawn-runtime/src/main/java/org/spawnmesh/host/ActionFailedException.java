package org.spawnmesh.host;

import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.SpawnException;

/** A host's way to say exactly how an action failed, instead of the general ACTION_FAILED. */
public final class ActionFailedException extends SpawnException {

  private static final long serialVersionUID = 1L;

  public ActionFailedException(Failure failure) {
    super(failure);
  }

  public ActionFailedException(Failure failure, Throwable cause) {
    super(failure, cause);
  }
}
