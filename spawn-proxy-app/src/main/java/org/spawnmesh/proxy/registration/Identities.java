package org.spawnmesh.proxy.registration;

import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.SpawnException;

/** Identities made of names from outside: a name that cannot be one is a coded failure. */
public final class Identities {

  private Identities() {}

  /**
   * @throws SpawnException with {@link FailureCode#REQUEST_INVALID} if a part cannot be a name, or
   *     is reserved
   */
  public static ActorId of(String system, String type, String name) {
    Reserved.refuse("actor", name);
    Reserved.refuse("actor", type);
    return own(system, type, name);
  }

  /** Also for reserved names. */
  static ActorId own(String system, String type, String name) {
    try {
      return ActorId.of(system, type, name);
    } catch (IllegalArgumentException e) {
      throw new SpawnException(
          Failure.notExecuted(FailureCode.REQUEST_INVALID, String.valueOf(e.getMessage())), e);
    }
  }
}
