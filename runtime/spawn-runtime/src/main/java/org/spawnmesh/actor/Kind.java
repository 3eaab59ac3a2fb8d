package org.spawnmesh.actor;

/** How many activations an actor type has, and whether they keep state. */
public enum Kind {
  /** One actor; its name is the name of its type. */
  NAMED,
  /** A template: one actor for each name that is used. */
  UNNAMED,
  /** Stateless workers: several activations answer for one name, the least busy first. */
  POOLED
}
