package org.spawnmesh.actor;

/**
 * What an actor can do. Immutable.
 *
 * @param name unique within the actor type
 * @param reentrant may be called by an actor that this one is waiting for; it then runs beside the
 *     waiting action, sees the state from before it, and must not change it
 */
public record ActionDefinition(String name, boolean reentrant) {

  public static ActionDefinition of(String name) {
    return new ActionDefinition(name, false);
  }
}
