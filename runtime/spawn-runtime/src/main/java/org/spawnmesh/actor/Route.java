package org.spawnmesh.actor;

/** Who answers in place of the action: the caller gets the target's answer. */
public sealed interface Route {

  ActorId actor();

  String action();

  /** The target gets this action's reply. */
  record Pipe(ActorId actor, String action) implements Route {}

  /** The target gets what this action got. */
  record Forward(ActorId actor, String action) implements Route {}
}
