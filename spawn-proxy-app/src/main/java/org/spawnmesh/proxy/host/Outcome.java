package org.spawnmesh.proxy.host;

import org.spawnmesh.actor.Execution;

/** How one attempt to ask a host ended. Immutable. */
sealed interface Outcome {

  /** The host answered. */
  record Answered(HttpReply reply) implements Outcome {}

  /** Not one byte of the request has left: it surely did not run. */
  sealed interface Unsent extends Outcome {

    String why();
  }

  /** No connection could be made. */
  record Unreachable(String why) implements Unsent {}

  /** The host had closed the connection that was to be used; another one may do. */
  record Stale(String why) implements Unsent {}

  /** The time was over, or the proxy stopped, before it was sent. */
  record Withdrawn(String why) implements Unsent {}

  /** Sent, at least in part, and the connection broke before the answer. */
  record Lost(String why) implements Outcome {}

  /** Sent, and not answered in time. */
  record Late() implements Outcome {}

  /**
   * The answer cannot be taken.
   *
   * @param execution what such an answer says about the action
   */
  record Garbled(String why, Execution execution) implements Outcome {}

  /** The answer began, and there is no memory for it. */
  record NoRoom() implements Outcome {}
}
