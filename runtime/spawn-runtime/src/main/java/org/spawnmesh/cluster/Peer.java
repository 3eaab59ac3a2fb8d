package org.spawnmesh.cluster;

import java.util.concurrent.CompletionStage;
import org.spawnmesh.actor.Invocation;

/** Another node, as seen from this one. Thread-safe, does not block. */
public interface Peer {

  /** Name for people. */
  String name();

  /**
   * Hands an invocation over. The stage always completes normally; a broken connection is a failed
   * answer that says whether the action may have run.
   */
  CompletionStage<PeerAnswer> invoke(Invocation invocation);
}
