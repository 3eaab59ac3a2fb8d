package org.spawnmesh.actor;

/**
 * A reminder that every actor of a type has from its first use on. Immutable.
 *
 * @param action what it runs, without a payload; an action has at most one
 */
public record ReminderDefinition(String action, Timing when, CatchUp catchUp) {

  /** Under which name the actor has it. */
  public String name() {
    return ReminderOrder.RESERVED + action;
  }
}
