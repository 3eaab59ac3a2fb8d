package org.spawnmesh.cluster;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.store.Incarnation;

/** What a cluster asks of the node that it places. Thread-safe, does not block. */
public interface LocalNode {

  /**
   * The node commits as this incarnation from now on. Told each time it becomes a member, before
   * any actor is placed on it.
   */
  void joined(Incarnation incarnation);

  /** An invocation that a peer has sent because this node owns the actor; completes normally. */
  CompletionStage<Answer> invoke(Invocation invocation);

  /** Delivers a peer's broadcast to those subscribers that are placed here. */
  void cast(Broadcast broadcast, ActorId source, Map<String, String> metadata);

  /** Some gates are closing: what is behind them ends as soon as it has finished. */
  void closing();

  /**
   * A gate has opened: actors that must not wait for a call are activated.
   *
   * @param warm names of the actors behind it that were active on the node that owned them before
   */
  void opened(Gate gate, List<String> warm);

  /** The incarnation has lost its right to write. */
  void fenced(Incarnation incarnation, String why);
}
