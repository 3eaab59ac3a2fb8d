package org.spawnmesh.runtime;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.store.OutboxEntry;
import org.spawnmesh.store.Reminder;

/**
 * Hears what happens in a node. Called from the engine's threads: must be thread-safe, must not
 * block and must not throw.
 */
public interface NodeListener {

  NodeListener NONE = new NodeListener() {};

  /**
   * A call came in.
   *
   * @return hears how it ended, or null if nobody wants to know
   */
  default @Nullable Consumer<Answer> invoked(Invocation invocation) {
    return null;
  }

  /** A call that nobody waits for failed: a tell, an effect, a broadcast or a timer. */
  default void unheardFailure(Invocation invocation, Failure failure) {}

  /** A message was given up; it is kept until somebody retries or drops it. */
  default void deadLetter(OutboxEntry entry, Failure reason) {}

  /** A type is hosted on this node from now on, or is declared anew. */
  default void hosted(ActorDefinition definition) {}

  default void activated(ActorId actor) {}

  default void passivated(ActorId actor, PassivationReason reason) {}

  default void quarantined(ActorId actor, Failure failure) {}

  /**
   * A commit is durable.
   *
   * @param changes actors in it
   * @param turns turns it made durable; at least as many
   * @param nanos how long the store took
   */
  default void committed(int changes, int turns, long nanos) {}

  /** A commit failed for good; {@code changes} actors end. */
  default void commitFailed(int changes, Failure failure) {}

  /**
   * An actor was reminded.
   *
   * @param late how long after the planned time its turn began
   */
  default void reminded(Reminder reminder, Duration late) {}

  /** What an actor did when it was reminded failed; the reminder goes on. */
  default void reminderFailed(Reminder reminder, Failure failure) {}

  default void statusChanged(NodeStatus status) {}
}
