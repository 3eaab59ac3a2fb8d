package org.spawnmesh.runtime;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.store.OutboxEntry;
import org.spawnmesh.store.Reminder;

/**
 * Keeps a listener that throws from stopping what it listens to: a writer that one error ended
 * would never commit again.
 */
record GuardedListener(NodeListener listener) implements NodeListener {

  private static final Logger log = LoggerFactory.getLogger(GuardedListener.class);

  private static void guard(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException | Error e) {
      log.warn("A listener of the node failed; it misses this event", e);
    }
  }

  @Override
  public @Nullable Consumer<Answer> invoked(Invocation invocation) {
    try {
      return listener.invoked(invocation);
    } catch (RuntimeException | Error e) {
      log.warn("A listener of the node failed; it misses this event", e);
      return null;
    }
  }

  /** Whoever answers a call must not hear of it. */
  static void tell(Consumer<Answer> observer, Answer answer) {
    try {
      observer.accept(answer);
    } catch (RuntimeException | Error e) {
      log.warn("A listener of the node failed; it misses this answer", e);
    }
  }

  @Override
  public void unheardFailure(Invocation invocation, Failure failure) {
    guard(() -> listener.unheardFailure(invocation, failure));
  }

  @Override
  public void deadLetter(OutboxEntry entry, Failure reason) {
    guard(() -> listener.deadLetter(entry, reason));
  }

  @Override
  public void hosted(ActorDefinition definition) {
    guard(() -> listener.hosted(definition));
  }

  @Override
  public void activated(ActorId actor) {
    guard(() -> listener.activated(actor));
  }

  @Override
  public void passivated(ActorId actor, PassivationReason reason) {
    guard(() -> listener.passivated(actor, reason));
  }

  @Override
  public void quarantined(ActorId actor, Failure failure) {
    guard(() -> listener.quarantined(actor, failure));
  }

  @Override
  public void committed(int changes, int turns, long nanos) {
    guard(() -> listener.committed(changes, turns, nanos));
  }

  @Override
  public void commitFailed(int changes, Failure failure) {
    guard(() -> listener.commitFailed(changes, failure));
  }

  @Override
  public void reminded(Reminder reminder, Duration late) {
    guard(() -> listener.reminded(reminder, late));
  }

  @Override
  public void reminderFailed(Reminder reminder, Failure failure) {
    guard(() -> listener.reminderFailed(reminder, failure));
  }

  @Override
  public void statusChanged(NodeStatus status) {
    guard(() -> listener.statusChanged(status));
  }
}
