package org.spawnmesh.actor;

import java.time.Duration;

/**
 * An action that an activation calls on itself at a fixed period. Local: it runs while the actor is
 * active and stops when the actor is passivated; it survives nothing.
 */
public record TimerDefinition(String action, Duration period) {

  public TimerDefinition {
    if (period.isZero() || period.isNegative()) {
      throw new IllegalArgumentException(
          "The timer of action '%s' has the period %s; it must be positive"
              .formatted(action, period));
    }
  }
}
