package org.spawnmesh.runtime;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;

/** Keeps a tracer that throws from failing the calls that it follows. */
record GuardedTracer(CallTracer tracer) implements CallTracer {

  private static final Logger log = LoggerFactory.getLogger(GuardedTracer.class);

  @Override
  public @Nullable Step called(Invocation invocation) {
    try {
      return guarded(tracer.called(invocation));
    } catch (RuntimeException | Error e) {
      return lost(e);
    }
  }

  @Override
  public @Nullable Step turn(Invocation invocation) {
    try {
      return guarded(tracer.turn(invocation));
    } catch (RuntimeException | Error e) {
      return lost(e);
    }
  }

  private static @Nullable Step guarded(@Nullable Step step) {
    return step == null ? null : new GuardedStep(step.onward(), step);
  }

  private static @Nullable Step lost(Throwable e) {
    log.warn("The tracer of the node failed; it does not follow this call", e);
    return null;
  }

  private record GuardedStep(Invocation onward, Step step) implements Step {

    @Override
    public void ended(Answer answer) {
      try {
        step.ended(answer);
      } catch (RuntimeException | Error e) {
        lost(e);
      }
    }
  }
}
