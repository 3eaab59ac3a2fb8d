package org.spawnmesh.spring.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.TraceParent;
import org.spawnmesh.runtime.CallTracer;
import org.spawnmesh.test.VirtualTimers;

/** Which calls are followed, and what each node keeps of them. */
class CallChainsTest {

  private final VirtualTimers time = new VirtualTimers();
  private final AtomicBoolean watched = new AtomicBoolean(true);
  private final CallChains here = node();
  private final CallChains there = node();

  private CallChains node() {
    return new CallChains(watched::get, time::nanoTime, time);
  }

  private static Invocation call(String type) {
    return Invocation.ask(ActorId.of("shop", type, "a"), "run", Payload.NONE);
  }

  /** The same actor asks in its turn. */
  private static Invocation callFrom(CallTracer.Step turn, String type) {
    return call(type).withMetadata(turn.onward().metadata());
  }

  private static CallTracer.Step followed(CallTracer.Step step) {
    return Objects.requireNonNull(step);
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> steps(CallChains node, Object chain) {
    return (List<Map<String, Object>>) node.chain(chain.toString()).get("steps");
  }

  private Object onlyChain() {
    assertThat(here.slowest()).hasSize(1);
    return here.slowest().getFirst().get("chain");
  }

  @Test
  void followsNothingWhileNobodyWatches() {
    watched.set(false);
    assertThat(here.called(call("Front"))).isNull();
    assertThat(here.turn(call("Front").withMetadata(Map.of(CallChains.KEY, "a.b")))).isNull();
    assertThat(here.slowest()).isEmpty();
  }

  @Test
  void followsOneCallThroughBothNodes() {
    CallTracer.Step call = followed(here.called(call("Front")));
    time.advance(Duration.ofMillis(1));
    CallTracer.Step turn = followed(there.turn(call.onward()));
    time.advance(Duration.ofMillis(2));
    CallTracer.Step inner = followed(there.called(callFrom(turn, "Stock")));
    CallTracer.Step innerTurn = followed(here.turn(inner.onward()));
    time.advance(Duration.ofMillis(3));
    innerTurn.ended(Answer.failed(Failure.executed(FailureCode.ACTION_FAILED, "as it is to be")));
    inner.ended(Answer.EMPTY);
    turn.ended(Answer.EMPTY);
    time.advance(Duration.ofMillis(4));
    call.ended(Answer.EMPTY);

    Object chain = onlyChain();
    List<Map<String, Object>> mine = steps(here, chain);
    List<Map<String, Object>> others = steps(there, chain);
    assertThat(mine).extracting(step -> step.get("kind")).containsExactly("turn", "call");
    assertThat(others).extracting(step -> step.get("kind")).containsExactly("call", "turn");
    Map<String, Object> first = mine.get(1);
    Map<String, Object> firstTurn = others.get(1);
    assertThat(first)
        .containsEntry("parent", null)
        .containsEntry("actor", "Front/a")
        .containsEntry("action", "run")
        .containsEntry("micros", 10_000L);
    assertThat(firstTurn)
        .containsEntry("parent", first.get("step"))
        .containsEntry("micros", 5_000L)
        .containsEntry("atMicros", (long) first.get("atMicros") + 1_000);
    assertThat(others.get(0)).containsEntry("parent", firstTurn.get("step"));
    assertThat(mine.get(0))
        .containsEntry("parent", others.get(0).get("step"))
        .containsEntry("code", "SP3001");
  }

  @Test
  void beginsOnlySomeOfManyAndFollowsThoseToTheirEnds() {
    CallTracer.Step first = followed(here.called(call("Front")));
    assertThat(here.called(call("Front"))).isNull();
    assertThat(here.turn(call("Front"))).isNull();
    followed(here.called(callFrom(first, "Stock")));
    time.advance(Duration.ofMillis(49));
    assertThat(here.called(call("Front"))).isNull();
    time.advance(Duration.ofMillis(1));
    followed(here.called(call("Front")));
  }

  @Test
  void aChainIsKnownByItsTrace() {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    String parent = new TraceParent(trace, "00f067aa0ba902b7", false).toString();
    Invocation traced = call("Front").withMetadata(Map.of(TraceParent.KEY, parent));
    CallTracer.Step call = followed(here.called(traced));
    assertThat(call.onward().metadata()).containsEntry(TraceParent.KEY, parent);
    call.ended(Answer.EMPTY);
    assertThat(onlyChain()).isEqualTo(trace);
  }

  @Test
  void aSampledCallIsKnownByItsTrace() {
    String trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    String parent = new TraceParent(trace, "00f067aa0ba902b7", false).toString();
    Invocation traced = call("Front").withMetadata(Map.of(TraceParent.KEY, parent));
    LiveFigures figures = new LiveFigures(time::nanoTime, time);
    try (LiveFigures.Watch watch = figures.watch()) {
      Objects.requireNonNull(figures.invoked(traced)).accept(Answer.EMPTY);
      assertThat(watch.calls().get("slowest")).asString().contains("traceId=" + trace);
    }
  }

  @Test
  void listsTheSlowestOfTheLastMinute() {
    for (int millis : new int[] {5, 20, 10}) {
      time.advance(Duration.ofMillis(50));
      CallTracer.Step call = followed(here.called(call("Front")));
      time.advance(Duration.ofMillis(millis));
      call.ended(Answer.EMPTY);
    }
    assertThat(here.slowest())
        .extracting(chain -> chain.get("micros"))
        .containsExactly(20_000L, 10_000L, 5_000L);
    time.advance(Duration.ofMinutes(1));
    assertThat(here.slowest()).isEmpty();
  }

  @Test
  void whatOthersWatchedIsForgotten() {
    AtomicInteger nanos = new AtomicInteger();
    LiveFigures figures = new LiveFigures(nanos::get, time);
    try (LiveFigures.Watch watch = figures.watch()) {
      followed(figures.chains().called(call("Front"))).ended(Answer.EMPTY);
      assertThat(watch.calls().get("chains")).asInstanceOf(list()).hasSize(1);
    }
    try (LiveFigures.Watch watch = figures.watch()) {
      assertThat(watch.calls().get("chains")).asInstanceOf(list()).isEmpty();
    }
  }

  @SuppressWarnings("rawtypes")
  private static org.assertj.core.api.InstanceOfAssertFactory<
          List, org.assertj.core.api.ListAssert<Object>>
      list() {
    return org.assertj.core.api.InstanceOfAssertFactories.LIST;
  }

  @Test
  void keepsNoMoreThanItsShare() {
    CallTracer.Step root = followed(here.called(call("Front")));
    for (int i = 0; i < 10_000; i++) {
      followed(here.turn(root.onward())).ended(Answer.EMPTY);
    }
    root.ended(Answer.EMPTY);
    assertThat(steps(here, onlyChain())).hasSize(4096);
  }

  @Test
  void whatOthersWriteIntoTheMetadataIsNoChain() {
    for (String text : List.of("", ".", ".x", "x", "a".repeat(1_000) + ".b")) {
      assertThat(here.turn(call("Front").withMetadata(Map.of(CallChains.KEY, text)))).isNull();
    }
  }
}
