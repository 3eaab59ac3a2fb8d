package org.spawnmesh.spring.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.runtime.NodeListener;
import org.spawnmesh.runtime.NodeStatus;
import org.spawnmesh.runtime.PassivationReason;
import org.spawnmesh.store.OutboxEntry;
import org.spawnmesh.store.Reminder;

/** Tells several listeners, in their order. */
record NodeListeners(List<NodeListener> all) implements NodeListener {

  static NodeListener of(List<NodeListener> listeners) {
    return switch (listeners.size()) {
      case 0 -> NONE;
      case 1 -> listeners.getFirst();
      default -> new NodeListeners(listeners);
    };
  }

  @Override
  public @Nullable Consumer<Answer> invoked(Invocation invocation) {
    Consumer<Answer> interested = null;
    for (int i = 0; i < all.size(); i++) {
      Consumer<Answer> next = all.get(i).invoked(invocation);
      if (next != null) {
        interested = interested == null ? next : interested.andThen(next);
      }
    }
    return interested;
  }

  @Override
  public void unheardFailure(Invocation invocation, Failure failure) {
    all.forEach(listener -> listener.unheardFailure(invocation, failure));
  }

  @Override
  public void deadLetter(OutboxEntry entry, Failure reason) {
    all.forEach(listener -> listener.deadLetter(entry, reason));
  }

  @Override
  public void hosted(ActorDefinition definition) {
    all.forEach(listener -> listener.hosted(definition));
  }

  @Override
  public void activated(ActorId actor) {
    all.forEach(listener -> listener.activated(actor));
  }

  @Override
  public void passivated(ActorId actor, PassivationReason reason) {
    all.forEach(listener -> listener.passivated(actor, reason));
  }

  @Override
  public void quarantined(ActorId actor, Failure failure) {
    all.forEach(listener -> listener.quarantined(actor, failure));
  }

  @Override
  public void committed(int changes, int turns, long nanos) {
    all.forEach(listener -> listener.committed(changes, turns, nanos));
  }

  @Override
  public void commitFailed(int changes, Failure failure) {
    all.forEach(listener -> listener.commitFailed(changes, failure));
  }

  @Override
  public void reminded(Reminder reminder, Duration late) {
    all.forEach(listener -> listener.reminded(reminder, late));
  }

  @Override
  public void reminderFailed(Reminder reminder, Failure failure) {
    all.forEach(listener -> listener.reminderFailed(reminder, failure));
  }

  @Override
  public void statusChanged(NodeStatus status) {
    all.forEach(listener -> listener.statusChanged(status));
  }
}
