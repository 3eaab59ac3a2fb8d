package org.spawnmesh.spring;

import org.jspecify.annotations.Nullable;

/**
 * How a run of a {@link Saga} stands. Immutable.
 *
 * @param step the step that is to be taken or made good next; null when it is over
 * @param reason why it turned back, or why it waits; null if neither
 */
public record SagaStatus(Phase phase, @Nullable String step, @Nullable String reason) {

  /**
   * The life of a run.
   *
   * <pre>
   * RUNNING ──all steps taken──► DONE
   *    └──a step failed──► COMPENSATING ──all made good──► COMPENSATED
   * </pre>
   */
  public enum Phase {
    /** Steps are taken. */
    RUNNING,
    /** All steps have taken effect. */
    DONE,
    /** Steps are made good. */
    COMPENSATING,
    /** No step has an effect any more. */
    COMPENSATED
  }

  /** Is nothing left to be done? */
  public boolean isOver() {
    return phase == Phase.DONE || phase == Phase.COMPENSATED;
  }
}
