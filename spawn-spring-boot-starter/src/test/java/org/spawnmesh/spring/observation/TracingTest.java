package org.spawnmesh.spring.observation;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.curator.test.TestingServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.TraceParent;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;
import org.spawnmesh.spring.ActorContext;
import org.spawnmesh.spring.ActorRef;
import org.spawnmesh.spring.Actors;
import org.spawnmesh.spring.Reply;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import reactor.core.publisher.Mono;

/** One trace, whatever a call causes and wherever that runs. */
class TracingTest {

  private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";

  @TempDir private Path folder;
  private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

  private static @Nullable ConfigurableApplicationContext alone;

  @AfterAll
  static void stopAlone() {
    if (alone != null) {
      alone.close();
    }
  }

  private @Nullable TestingServer zooKeeper;

  /** The nodes first: they leave by it. */
  @AfterEach
  void stop() throws Exception {
    nodes.forEach(ConfigurableApplicationContext::close);
    if (zooKeeper != null) {
      zooKeeper.close();
    }
  }

  record Names(String stock, String mailer, String receipt) {}

  record Seen(Map<String, String> metadata) {}

  @Actor(history = 5)
  static class Front {

    @Action
    Reply<String> order(Names names, ActorContext<Names> front) {
      front.ref("Stock", names.stock()).ask("take", String.class);
      return Reply.of("ordered")
          .state(names)
          .effect("Mailer", names.mailer(), "send", "thanks")
          .pipe("Receipt", names.receipt(), "print");
    }

    @Action
    Seen seen(ActorContext<Names> front) {
      return new Seen(front.metadata());
    }

    @Action
    String fail() {
      throw new IllegalStateException("out of tea, as it is to be");
    }

    /** A thread that knows nothing of the turn. */
    @Action
    String elsewhere(ActorContext<Names> front) {
      CompletableFuture<String> answer = new CompletableFuture<>();
      Thread.ofPlatform()
          .start(() -> answer.complete(front.ref("Stock", "far").ask("take", String.class)));
      return answer.join();
    }
  }

  @Actor
  static class Stock {
    @Action
    String take() {
      return "taken";
    }
  }

  @Actor
  static class Mailer {
    @Action
    void send(String words) {}
  }

  @Actor
  static class Receipt {
    @Action
    String print(String words) {
      return "receipt";
    }
  }

  interface FrontClient {
    Mono<Seen> seen();
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import({Front.class, Stock.class, Mailer.class, Receipt.class})
  static class Application {

    @Bean
    Spans spans() {
      return new Spans();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnNames {

    @Bean
    TurnConvention turns() {
      return new DefaultTurnConvention() {
        @Override
        public String getContextualName(TurnContext call) {
          return "my " + call.getInvocation().action();
        }

        @Override
        public KeyValues getLowCardinalityKeyValues(TurnContext call) {
          return super.getLowCardinalityKeyValues(call).and("shop", "tea");
        }
      };
    }
  }

  private ConfigurableApplicationContext start(
      Map<String, Object> properties, Class<?>... sources) {
    ConfigurableApplicationContext node =
        new SpringApplicationBuilder(Application.class)
            .sources(sources)
            .web(WebApplicationType.NONE)
            .properties(
                Map.of(
                    "spring.application.name", "shop",
                    "management.tracing.sampling.probability", "1.0"))
            .properties(properties)
            .run();
    nodes.add(node);
    return node;
  }

  /** The same for all tests that need only one. */
  private ConfigurableApplicationContext alone() {
    ConfigurableApplicationContext node = alone;
    if (node == null) {
      node = start(Map.of("spawn.statestore.type", "memory"));
      nodes.remove(node);
      alone = node;
    }
    spans(node).clear();
    return node;
  }

  private ConfigurableApplicationContext member(int i, Map<String, Object> more) {
    Map<String, Object> properties = new java.util.HashMap<>(more);
    properties.putAll(
        Map.of(
            "spawn.statestore.url",
            "jdbc:h2:" + folder.resolve("shared") + ";AUTO_SERVER=TRUE",
            "spawn.cluster.type",
            "zookeeper",
            "spawn.cluster.zookeeper.connect-string",
            Objects.requireNonNull(zooKeeper).getConnectString(),
            "spawn.cluster.transport.host",
            "127.0.0.1",
            "spawn.cluster.node",
            "node-" + i));
    return start(properties);
  }

  private static Spans spans(ConfigurableApplicationContext node) {
    return node.getBean(Spans.class);
  }

  private static Actors actors(ConfigurableApplicationContext node) {
    return node.getBean(Actors.class);
  }

  /** The name of an actor of this type that lives at node {@code i}. */
  private static String at(ConfigurableApplicationContext node, String type, int i) {
    Cluster cluster = node.getBean(Cluster.class);
    return IntStream.range(0, 10_000)
        .mapToObj(n -> "a" + n)
        .filter(
            name ->
                Objects.requireNonNull(cluster.owner(ActorId.of("shop", type, name)))
                    .name()
                    .equals("node-" + i))
        .findFirst()
        .orElseThrow();
  }

  /** Calls as a controller does, whose request is observed. */
  private static SpanData observed(ConfigurableApplicationContext node, Runnable request) {
    Observation.createNotStarted("request", node.getBean(ObservationRegistry.class))
        .observe(request);
    return spans(node).await("request");
  }

  private static void assertChild(SpanData child, SpanData parent, SpanKind kind) {
    assertThat(child.getTraceId()).as(child.getName()).isEqualTo(parent.getTraceId());
    assertThat(child.getParentSpanId()).as(child.getName()).isEqualTo(parent.getSpanId());
    assertThat(child.getKind()).as(child.getName()).isEqualTo(kind);
  }

  @Test
  void twoNodesAreOneTrace() throws Exception {
    zooKeeper = new TestingServer(true);
    ConfigurableApplicationContext here = member(0, Map.of());
    ConfigurableApplicationContext there = member(1, Map.of());
    assertThat(there.getBean(SpawnNode.class).awaitPlaced(Duration.ofSeconds(60))).isTrue();
    ActorRef front = actors(here).ref("Front", at(there, "Front", 1));
    Names names = new Names(at(there, "Stock", 0), at(there, "Mailer", 0), at(there, "Receipt", 0));
    SpanData request =
        observed(
            here, () -> assertThat(front.ask("order", names, String.class)).isEqualTo("receipt"));
    SpanData call = spans(here).await("ask Front.order");
    assertChild(call, request, SpanKind.CLIENT);
    SpanData turn = spans(there).await("Front.order");
    assertChild(turn, call, SpanKind.SERVER);
    SpanData inner = spans(there).await("ask Stock.take");
    assertChild(inner, turn, SpanKind.CLIENT);
    assertChild(spans(here).await("Stock.take"), inner, SpanKind.SERVER);
    assertChild(spans(here).await("Receipt.print"), turn, SpanKind.SERVER);
    assertChild(spans(here).await("Mailer.send"), turn, SpanKind.CONSUMER);
    assertThat(there.getBean(SpawnNode.class).store().history(front.id(), 5))
        .extracting(revision -> revision.cause().traceId())
        .containsExactly(request.getTraceId());
  }

  @Test
  void whatIsNotSampledHereIsNotSampledThereAndGoesOnAllTheSame() throws Exception {
    zooKeeper = new TestingServer(true);
    ConfigurableApplicationContext here =
        member(0, Map.of("management.tracing.sampling.probability", "0.0"));
    ConfigurableApplicationContext there = member(1, Map.of());
    assertThat(there.getBean(SpawnNode.class).awaitPlaced(Duration.ofSeconds(60))).isTrue();
    ActorRef front = actors(here).ref("Front", at(there, "Front", 1));
    List<String> traceId = new ArrayList<>();
    Observation.createNotStarted("request", here.getBean(ObservationRegistry.class))
        .observe(
            () -> {
              traceId.add(here.getBean(Tracer.class).currentSpan().context().traceId());
              Seen seen = front.ask("seen", Seen.class);
              TraceParent trace = TraceParent.of(seen.metadata());
              assertThat(trace.traceId()).isEqualTo(traceId.getFirst());
              assertThat(trace.sampled()).isFalse();
            });
    actors(there).ref("Front", front.id().name()).ask("seen", Seen.class);
    assertThat(spans(there).names()).containsExactly("Front.seen", "ask Front.seen");
    assertThat(spans(there).ended())
        .extracting(SpanData::getTraceId)
        .doesNotContain(traceId.getFirst());
    assertThat(spans(here).ended()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"broken", "00-00000000000000000000000000000000-00f067aa0ba902b7-01", "long"})
  void aBrokenTraceIsNoTraceAndNoError(String traceparent) {
    ConfigurableApplicationContext node = alone();
    String sent = traceparent.equals("long") ? "a".repeat(100_000) : traceparent;
    Seen seen =
        actors(node)
            .ref("Front", "a")
            .withMetadata(
                Map.of(TraceParent.KEY, sent, TraceParent.STATE_KEY, "other=1", "mine", "kept"))
            .ask("seen", Seen.class);
    SpanData call = spans(node).await("ask Front.seen");
    SpanData turn = spans(node).await("Front.seen");
    assertChild(turn, call, SpanKind.SERVER);
    assertThat(call.getParentSpanContext().isValid()).isFalse();
    assertThat(TraceParent.of(seen.metadata()))
        .isEqualTo(new TraceParent(turn.getTraceId(), turn.getSpanId(), true));
    assertThat(seen.metadata())
        .containsEntry("mine", "kept")
        .doesNotContainKey(TraceParent.STATE_KEY);
  }

  @Test
  void aTraceInTheMetadataGoesOnWithWhatOthersAddedToIt() {
    ConfigurableApplicationContext node = alone();
    Seen seen =
        actors(node)
            .ref("Front", "a")
            .withMetadata(
                Map.of(
                    TraceParent.KEY,
                    new TraceParent(TRACE, SPAN, true).toString(),
                    TraceParent.STATE_KEY,
                    "other=1"))
            .ask("seen", Seen.class);
    SpanData call = spans(node).await("ask Front.seen");
    assertThat(call.getTraceId()).isEqualTo(TRACE);
    assertThat(call.getParentSpanId()).isEqualTo(SPAN);
    assertChild(spans(node).await("Front.seen"), call, SpanKind.SERVER);
    assertThat(seen.metadata()).containsEntry(TraceParent.STATE_KEY, "other=1");
  }

  @Test
  void whatTheThreadDoesCountsMoreThanTheMetadata() {
    ConfigurableApplicationContext node = alone();
    SpanData request =
        observed(
            node,
            () ->
                actors(node)
                    .ref("Front", "a")
                    .withMetadata(
                        Map.of(TraceParent.KEY, new TraceParent(TRACE, SPAN, true).toString()))
                    .ask("seen", Seen.class));
    assertChild(spans(node).await("ask Front.seen"), request, SpanKind.CLIENT);
  }

  @Test
  void aThreadThatKnowsNothingOfTheTurnCallsInItsTrace() {
    ConfigurableApplicationContext node = alone();
    assertThat(actors(node).ref("Front", "a").ask("elsewhere", String.class)).isEqualTo("taken");
    SpanData turn = spans(node).await("Front.elsewhere");
    SpanData call = spans(node).await("ask Stock.take");
    assertChild(call, turn, SpanKind.CLIENT);
    assertChild(spans(node).await("Stock.take"), call, SpanKind.SERVER);
  }

  @Test
  void aReactiveCallerIsFoundInTheContextOfTheSubscriber() {
    ConfigurableApplicationContext node = alone();
    Observation request = Observation.start("request", node.getBean(ObservationRegistry.class));
    actors(node)
        .client(FrontClient.class, "Front", "a")
        .seen()
        .contextWrite(context -> context.put("micrometer.observation", request))
        .block(Duration.ofSeconds(60));
    request.stop();
    SpanData parent = spans(node).await("request");
    assertChild(spans(node).await("ask Front.seen"), parent, SpanKind.CLIENT);
  }

  @Test
  void aFailureIsSeenInBothSpans() {
    ConfigurableApplicationContext node = alone();
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> actors(node).ref("Front", "a").ask("fail", String.class)))
        .hasMessageContaining("out of tea");
    for (String name : List.of("ask Front.fail", "Front.fail")) {
      SpanData span = spans(node).await(name);
      assertThat(span.getAttributes().asMap().toString())
          .contains("outcome=FAILED", "code=SP3001", "actor=Front/a");
      assertThat(span.getEvents()).isNotEmpty();
    }
  }

  @Test
  void anApplicationNamesItsOwn() {
    ConfigurableApplicationContext node =
        start(Map.of("spawn.statestore.type", "memory"), OwnNames.class);
    actors(node).ref("Front", "a").ask("seen", Seen.class);
    assertThat(spans(node).await("my seen").getAttributes().asMap().toString())
        .contains("shop=tea", "outcome=OK");
  }

  @Test
  void whoTracesNothingSendsNothingAlong() {
    ConfigurableApplicationContext node =
        start(
            Map.of(
                "spawn.statestore.type",
                "memory",
                "spring.autoconfigure.exclude",
                "org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration"));
    assertThat(actors(node).ref("Front", "a").ask("seen", Seen.class).metadata()).isEmpty();
    assertThat(node.getBeanNamesForType(TurnConvention.class)).isEmpty();
    assertThat(node.containsBean("spawnTurnObservations")).isFalse();
  }
}
