package org.spawnmesh.spring.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.test.VirtualTimers;

class LiveFiguresTest {

  private static final int CALLS = 60_000;
  private static final int FAILED = CALLS / 4;

  /** Some thousand are taken of such a burst, and stand for up to 64 each. */
  private static final Offset<Double> BY_SAMPLE = within(CALLS * 0.2);

  private final VirtualTimers time = new VirtualTimers();
  private final LiveFigures figures = new LiveFigures(time::nanoTime, time);
  private final Invocation call =
      Invocation.ask(ActorId.of("shop", "Cart", "alice"), "add", Payload.NONE);
  private final Answer failed =
      Answer.failed(Failure.notExecuted(FailureCode.MAILBOX_FULL, "full"));

  private void call(int count) {
    for (int i = 0; i < count; i++) {
      Objects.requireNonNull(figures.invoked(call)).accept(i % 4 == 0 ? failed : Answer.EMPTY);
    }
  }

  @Test
  void allAreCountedAndTheListsAreEstimates() {
    try (LiveFigures.Watch watch = figures.watch()) {
      call(CALLS);
      Map<String, Object> frame = watch.next();
      assertThat(frame).containsEntry("calls", (long) CALLS).containsEntry("inFlight", 0L);
      assertThat(frame).containsEntry("failures", Map.of("SP2001", (long) FAILED));
      assertThat(sum((Map<?, ?>) Objects.requireNonNull(frame.get("latencyMicros"))))
          .isCloseTo(CALLS, BY_SAMPLE);

      Map<String, Object> lists = watch.calls();
      Map<?, ?> edge = only(lists, "calls");
      assertThat(number(edge, "calls")).isCloseTo(CALLS, BY_SAMPLE);
      assertThat(number(edge, "failures")).isCloseTo(FAILED, within(FAILED * 0.3));
      assertThat(number(only(lists, "hottest"), "calls")).isCloseTo(CALLS, BY_SAMPLE);
    }
  }

  @Test
  void fewCallsAreListedAsTheyWere() {
    try (LiveFigures.Watch watch = figures.watch()) {
      call(8);
      Map<?, ?> edge = only(watch.calls(), "calls");
      assertThat(number(edge, "calls")).isEqualTo(8);
      assertThat(number(edge, "failures")).isEqualTo(2);
    }
  }

  @Test
  void nobodyIsHeardWhoIsNotWatched() {
    assertThat(figures.invoked(call)).isNull();
    assertThat(figures.chains().called(call)).isNull();
  }

  private static double sum(Map<?, ?> counts) {
    return counts.values().stream().mapToLong(count -> ((Number) count).longValue()).sum();
  }

  private static double number(Map<?, ?> entry, String key) {
    return ((Number) Objects.requireNonNull(entry.get(key))).doubleValue();
  }

  private static Map<?, ?> only(Map<String, Object> lists, String name) {
    List<?> entries = (List<?>) Objects.requireNonNull(lists.get(name));
    assertThat(entries).hasSize(1);
    return (Map<?, ?>) entries.getFirst();
  }
}
