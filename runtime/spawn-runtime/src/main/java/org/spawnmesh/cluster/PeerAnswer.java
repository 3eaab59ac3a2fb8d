package org.spawnmesh.cluster;

import org.spawnmesh.actor.Answer;

/** What a peer says to an invocation. */
public sealed interface PeerAnswer {

  /** It was for this peer. */
  record Answered(Answer answer) implements PeerAnswer {}

  /**
   * It was not, and surely was not run: the peer does not own the actor.
   *
   * @param view the view the peer is in, which is not older than the sender's; 0 if it is in none
   */
  record Moved(long view) implements PeerAnswer {}
}
