package org.spawnmesh.proxy.registration;

import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.SpawnException;

/** A proxy serves one actor system: the one whose state its store keeps. */
final class Systems {

  private Systems() {}

  /** Empty stands for the one that is served. */
  static void require(String served, String asked) {
    if (!asked.isEmpty() && !asked.equals(served)) {
      throw new SpawnException(
          Failure.notExecuted(
              FailureCode.REQUEST_INVALID,
              "This proxy serves the actor system '%s', not '%s'; PROXY_ACTOR_SYSTEM_NAME says which"
                  .formatted(served, asked.length() <= 64 ? asked : asked.substring(0, 64) + "…")));
    }
  }
}
