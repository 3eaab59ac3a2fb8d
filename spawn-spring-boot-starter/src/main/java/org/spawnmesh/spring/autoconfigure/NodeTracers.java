package org.spawnmesh.spring.autoconfigure;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.runtime.CallTracer;

/** Several tracers: each follows what the one before has let go on, and ends before it. */
record NodeTracers(List<CallTracer> all) implements CallTracer {

  /** Null for none. */
  static @Nullable CallTracer of(List<CallTracer> tracers) {
    return switch (tracers.size()) {
      case 0 -> null;
      case 1 -> tracers.getFirst();
      default -> new NodeTracers(List.copyOf(tracers));
    };
  }

  @Override
  public @Nullable Step called(Invocation invocation) {
    Step step = null;
    for (int i = 0; i < all.size(); i++) {
      step = after(step, all.get(i).called(step == null ? invocation : step.onward()));
    }
    return step;
  }

  @Override
  public @Nullable Step turn(Invocation invocation) {
    Step step = null;
    for (int i = 0; i < all.size(); i++) {
      step = after(step, all.get(i).turn(step == null ? invocation : step.onward()));
    }
    return step;
  }

  private static @Nullable Step after(@Nullable Step first, @Nullable Step next) {
    return first == null || next == null ? (next == null ? first : next) : new Both(first, next);
  }

  private record Both(Step outer, Step inner) implements Step {

    @Override
    public Invocation onward() {
      return inner.onward();
    }

    @Override
    public void ended(Answer answer) {
      try {
        inner.ended(answer);
      } finally {
        outer.ended(answer);
      }
    }
  }
}
