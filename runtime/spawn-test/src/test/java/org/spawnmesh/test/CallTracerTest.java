package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.test.NodeFixture.await;
import static org.spawnmesh.test.NodeFixture.id;
import static org.spawnmesh.test.NodeFixture.payload;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.CatchUp;
import org.spawnmesh.actor.ChannelDefinition;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.ReminderOrder;
import org.spawnmesh.actor.Route;
import org.spawnmesh.actor.Timing;
import org.spawnmesh.actor.TraceParent;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.CallTracer;
import org.spawnmesh.store.InMemoryStateStore;

/** What a call causes goes on from the turn that caused it, whichever way it goes. */
class CallTracerTest {

  private static final String BEFORE = "before";

  /** Writes each step's name into what goes on, and keeps from where each step came. */
  private static final class Footprints implements CallTracer {

    /** {@code from > step}. */
    final Set<String> steps = new ConcurrentSkipListSet<>();

    final Map<String, Answer> ended = new ConcurrentHashMap<>();

    @Override
    public Step called(Invocation invocation) {
      return step("call " + invocation, invocation);
    }

    @Override
    public Step turn(Invocation invocation) {
      return step("turn " + invocation, invocation);
    }

    private Step step(String name, Invocation invocation) {
      steps.add(invocation.metadata().getOrDefault(BEFORE, "") + " > " + name);
      Map<String, String> metadata = new TreeMap<>(invocation.metadata());
      metadata.put(BEFORE, name);
      Invocation onward = invocation.withMetadata(metadata);
      return new Step() {
        @Override
        public Invocation onward() {
          return onward;
        }

        @Override
        public void ended(Answer answer) {
          ended.put(name, answer);
        }
      };
    }
  }

  private final Footprints footprints = new Footprints();

  private NodeFixture mesh(CallTracer tracer) {
    return new NodeFixture(
        UnaryOperator.identity(), new InMemoryStateStore(), node -> node.tracer(tracer));
  }

  private static HostReply leaveEverything(HostCall call) {
    if (!call.action().equals("go")) {
      return HostReply.of(payload("done"));
    }
    Effect later =
        new Effect(id("Back", "later"), "hear", Payload.NONE, Map.of(), Duration.ofHours(1));
    Effect laterForgotten =
        new Effect(id("Back", "lost"), "hear", Payload.NONE, Map.of(), Duration.ofHours(1), false);
    return HostReply.of(payload("gone"), payload("gone"))
        .withEffects(
            List.of(
                Effect.of(id("Back", "kept"), "hear", Payload.NONE),
                Effect.of(id("Back", "told"), "hear", Payload.NONE).forgotten(),
                later,
                laterForgotten))
        .withBroadcast(new Broadcast("news", "", payload("news")))
        .withRoute(new Route.Pipe(id("Front", "b"), "piped"))
        .withReminders(
            List.of(
                new ReminderOrder.Set(
                    "wake",
                    Timing.after(Duration.ofHours(2)),
                    CatchUp.ONE,
                    "woken",
                    Payload.NONE)));
  }

  @Test
  void everyWayOutOfATurnGoesOnFromIt() {
    try (var mesh =
        mesh(footprints)
            .host(
                "Front",
                Kind.UNNAMED,
                b -> b.stateful(true).actions("go", "piped", "woken"),
                CallTracerTest::leaveEverything)
            .host("Back", Kind.UNNAMED, b -> b.actions("hear"), call -> HostReply.of(Payload.NONE))
            .host(
                "Ear",
                Kind.NAMED,
                b -> b.actions("hear").channels(List.of(new ChannelDefinition("news", "hear"))),
                call -> HostReply.of(Payload.NONE))
            .start()) {
      assertThat(mesh.ask("Front", "a", "go", "")).isEqualTo("done");
      await(
          () -> {
            mesh.timers.advance(Duration.ofMinutes(10));
            return footprints.steps.size() >= 9;
          });
      assertThat(footprints.steps)
          .containsExactlyInAnyOrder(
              " > call Front/a.go",
              "call Front/a.go > turn Front/a.go",
              "turn Front/a.go > turn Front/b.piped",
              "turn Front/a.go > turn Back/kept.hear",
              "turn Front/a.go > turn Back/told.hear",
              "turn Front/a.go > turn Back/later.hear",
              "turn Front/a.go > turn Back/lost.hear",
              "turn Front/a.go > turn Ear/Ear.hear",
              // a reminder may go on for years; it is nobody's consequence
              " > turn Front/a.woken");
    }
  }

  @Test
  void whoIsAnsweredFindsItsStepsEnded() {
    try (var mesh = mesh(footprints).counter().start()) {
      assertThat(mesh.ask("Counter", "joe", "add", 5)).isEqualTo("5");
      assertThat(footprints.ended).containsOnlyKeys("call Counter/joe.add", "turn Counter/joe.add");
      mesh.send("Counter", "joe", "fail", "").failure();
      assertThat(footprints.ended.get("call Counter/joe.fail")).isInstanceOf(Answer.Failed.class);
      assertThat(footprints.ended.get("turn Counter/joe.fail")).isInstanceOf(Answer.Failed.class);
      mesh.send("Counter", "joe", "unheard of", "").failure();
      assertThat(footprints.ended.get("call Counter/joe.unheard of"))
          .isInstanceOf(Answer.Failed.class);
    }
  }

  @Test
  void aTracerThatFailsFailsNoCall() {
    CallTracer broken =
        new CallTracer() {
          @Override
          public Step called(Invocation invocation) {
            return new Step() {
              @Override
              public Invocation onward() {
                return invocation;
              }

              @Override
              public void ended(Answer answer) {
                throw new IllegalStateException("broken, as it is to be");
              }
            };
          }

          @Override
          public Step turn(Invocation invocation) {
            throw new IllegalStateException("broken, as it is to be");
          }
        };
    try (var mesh = mesh(broken).counter().start()) {
      assertThat(mesh.ask("Counter", "joe", "add", 5)).isEqualTo("5");
    }
  }

  @Test
  void theHistoryKnowsTheTraceOfEachChange() {
    String traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
    try (var mesh = new NodeFixture().counter(b -> b.history(10)).start()) {
      for (String traceparent : List.of("00-" + traceId + "-00f067aa0ba902b7-00", "broken")) {
        mesh.send(
                Invocation.ask(id("Counter", "joe"), "add", payload(1))
                    .withMetadata(Map.of(TraceParent.KEY, traceparent)))
            .answer()
            .orThrow();
        await(() -> mesh.node.repair().passivate(id("Counter", "joe")));
      }
      assertThat(mesh.stored.history(id("Counter", "joe"), 10))
          .extracting(revision -> revision.cause().traceId())
          .containsExactly(null, traceId);
    }
  }
}
