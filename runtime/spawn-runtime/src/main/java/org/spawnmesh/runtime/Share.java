package org.spawnmesh.runtime;

/** A node's part in an actor type that it hosts and other nodes may host as well. */
public enum Share {
  /** Its part of the actors. */
  FULL,
  /** None of them, unless no other node takes them: the code that runs them is away. */
  STANDBY,
  /** None. */
  NONE
}
