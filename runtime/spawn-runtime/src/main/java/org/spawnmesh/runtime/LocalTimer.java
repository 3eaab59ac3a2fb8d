package org.spawnmesh.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.TimerDefinition;
import org.spawnmesh.time.Timers.Timer;

/**
 * Tells an activation of each period that is over, and skips a tick while the last one still waits.
 */
final class LocalTimer implements Timer, Runnable {

  private final Activation activation;
  private final TimerDefinition definition;
  private final AtomicBoolean cancelled = new AtomicBoolean();
  private volatile @Nullable Call last;

  private LocalTimer(Activation activation, TimerDefinition definition) {
    this.activation = activation;
    this.definition = definition;
  }

  /** Starts the declared timers; null if there are none. */
  static @Nullable List<Timer> startAll(Activation activation, ActorDefinition definition) {
    if (definition.timers().isEmpty()) {
      return null;
    }
    List<Timer> started = new ArrayList<>();
    for (TimerDefinition timer : definition.timers()) {
      LocalTimer local = new LocalTimer(activation, timer);
      local.schedule();
      started.add(local);
    }
    return started;
  }

  private void schedule() {
    activation.activations.timers.schedule(definition.period(), this);
  }

  @Override
  public void run() {
    if (cancelled.get()) {
      return;
    }
    Call before = last;
    if (before == null || before.isRun()) {
      Call tick = activation.ownCall(definition.action());
      last = activation.offer(tick) == Activation.Offer.ACCEPTED ? tick : null;
    }
    schedule();
  }

  @Override
  public void cancel() {
    cancelled.set(true);
  }
}
