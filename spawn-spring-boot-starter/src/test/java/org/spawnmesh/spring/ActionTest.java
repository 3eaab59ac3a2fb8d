package org.spawnmesh.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.store.Snapshot;
import org.springframework.aop.framework.autoproxy.DefaultAdvisorAutoProxyCreator;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.annotation.AnnotationMatchingPointcut;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.core.ParameterizedTypeReference;
import reactor.core.publisher.Mono;

/** What an action gets, what it may return, and what comes of it. */
class ActionTest {

  @Actor
  static class Shapes {

    record Text(String text) {}

    @Action
    String both(Text payload, ActorContext<List<String>> context) {
      return payload.text + "@" + context.id().name();
    }

    @Action
    String turned(ActorContext<List<String>> context, Text payload) {
      return payload.text + "@" + context.id().name();
    }

    @Action
    String payloadOnly(Text payload) {
      return payload.text;
    }

    @Action
    String contextOnly(ActorContext<?> context) {
      return context.id().name();
    }

    @Action
    String neither() {
      return "neither";
    }

    @Action
    void nothing() {}

    @Action
    long primitive(long number) {
      return number + 1;
    }

    @Action
    Optional<String> optional(boolean there) {
      return there ? Optional.of("here") : Optional.empty();
    }

    @Action
    CompletionStage<String> stage(Text payload) {
      return CompletableFuture.supplyAsync(() -> payload.text);
    }

    @Action
    Mono<String> mono(Text payload) {
      return Mono.just(payload.text).delayElement(Duration.ofMillis(1));
    }

    @Action
    Mono<Reply<String>> monoOfReply(Text payload) {
      return Mono.just(Reply.of(payload.text).state(List.of(payload.text)));
    }

    @Action
    Mono<Void> emptyMono() {
      return Mono.empty();
    }

    @Action
    List<String> state(ActorContext<List<String>> context) {
      return context.state().orElse(List.of());
    }

    @Action
    String maybe(@Nullable Text payload) {
      return payload == null ? "none" : payload.text;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"both", "turned"})
  void payloadAndContextComeInAnyOrder(String action) {
    try (var app = new ActorApplication(Shapes.class)) {
      assertThat(app.ref("Shapes", "a").ask(action, new Shapes.Text("hi"), String.class))
          .isEqualTo("hi@a");
    }
  }

  @Test
  void anActionTakesWhatItNeeds() {
    try (var app = new ActorApplication(Shapes.class)) {
      ActorRef ref = app.ref("Shapes", "a");
      assertThat(ref.ask("payloadOnly", new Shapes.Text("hi"), String.class)).isEqualTo("hi");
      assertThat(ref.ask("contextOnly", String.class)).isEqualTo("a");
      assertThat(ref.ask("neither", String.class)).isEqualTo("neither");
      assertThat(ref.ask("neither", "ignored", String.class)).isEqualTo("neither");
      assertThat(ref.ask("maybe", String.class)).isEqualTo("none");
    }
  }

  @Test
  void anActionAnswersInAnyShape() {
    try (var app = new ActorApplication(Shapes.class)) {
      ActorRef ref = app.ref("Shapes", "a");
      assertThat(ref.ask("nothing", Object.class)).isNull();
      assertThat(ref.ask("primitive", 4L, long.class)).isEqualTo(5L);
      assertThat(ref.ask("optional", true, String.class)).isEqualTo("here");
      assertThat(ref.ask("optional", false, String.class)).isNull();
      assertThat(ref.ask("stage", new Shapes.Text("s"), String.class)).isEqualTo("s");
      assertThat(ref.ask("mono", new Shapes.Text("m"), String.class)).isEqualTo("m");
      assertThat(ref.ask("emptyMono", Object.class)).isNull();
      assertThat(ref.ask("monoOfReply", new Shapes.Text("r"), String.class)).isEqualTo("r");
      assertThat(ref.ask("state", null, new ParameterizedTypeReference<List<String>>() {}))
          .containsExactly("r");
    }
  }

  @Test
  void aPayloadThatIsMissingOrWrongRunsNothing() {
    try (var app = new ActorApplication(Shapes.class)) {
      ActorRef ref = app.ref("Shapes", "a");
      assertFails(() -> ref.ask("payloadOnly", String.class))
          .satisfies(e -> assertThat(e.code()).isEqualTo(FailureCode.PAYLOAD_UNREADABLE))
          .satisfies(e -> assertThat(e.execution()).isEqualTo(Execution.NOT_EXECUTED))
          .hasMessageContaining("Shapes/a.payloadOnly takes Text");
      assertFails(() -> ref.ask("payloadOnly", 17, String.class))
          .satisfies(e -> assertThat(e.code()).isEqualTo(FailureCode.PAYLOAD_UNREADABLE));
    }
  }

  @Test
  void aPayloadThatDoesNotDecodeChangesNothingAndTheNextOneDoes() {
    try (var app = new ActorApplication(Ledger.class)) {
      ActorRef ledger = app.ref("Ledger", "a");
      ledger.ask("deposit", 5, int.class);
      assertFails(() -> ledger.ask("deposit", "much", int.class))
          .satisfies(e -> assertThat(e.code()).isEqualTo(FailureCode.PAYLOAD_UNREADABLE))
          .satisfies(e -> assertThat(e.execution()).isEqualTo(Execution.NOT_EXECUTED));
      assertThat(ledger.ask("entries", null, INTS)).containsExactly(5);
      assertThat(ledger.ask("deposit", 6, int.class)).isEqualTo(2);
    }
  }

  @Test
  void aStateThatDoesNotDecodeQuarantinesItsActorUntilItIsRepaired() {
    try (var app = new ActorApplication(Ledger.class)) {
      ActorRef ledger = app.ref("Ledger", "a");
      ledger.ask("deposit", 5, int.class);
      ActorId id = ledger.id();
      ActorApplication.await(() -> app.node().repair().passivate(id));
      Snapshot good = app.stored(id);
      app.store(
          new Snapshot(
              id,
              good.revision() + 1,
              Payload.of(good.state().type(), "no list".getBytes(StandardCharsets.UTF_8)),
              good.tags()));
      for (int i = 0; i < 2; i++) {
        assertFails(() -> ledger.ask("deposit", 6, int.class))
            .satisfies(e -> assertThat(e.code()).isEqualTo(FailureCode.STATE_UNREADABLE))
            .satisfies(e -> assertThat(e.execution()).isEqualTo(Execution.NOT_EXECUTED));
      }
      assertThat(app.stored(id).revision()).isEqualTo(good.revision() + 1);

      app.store(new Snapshot(id, good.revision() + 2, good.state(), good.tags()));
      assertThat(app.node().repair().release(id)).isTrue();
      assertThat(ledger.ask("deposit", 6, int.class)).isEqualTo(2);
    }
  }

  @Actor
  static class Ledger {

    @Action
    Reply<Integer> deposit(int amount, ActorContext<List<Integer>> ledger) {
      List<Integer> entries = ledger.state().orElseGet(ArrayList::new);
      entries.add(amount);
      if (amount < 0) {
        throw new IllegalArgumentException("negative: " + amount);
      }
      return Reply.of(entries.size()).state(entries);
    }

    @Action
    int mutateAndForget(ActorContext<List<Integer>> ledger) {
      List<Integer> entries = ledger.state().orElseThrow();
      entries.clear();
      return entries.size();
    }

    @Action
    List<Integer> entries(ActorContext<List<Integer>> ledger) {
      return ledger.state().orElse(List.of());
    }

    @Action
    Reply<Void> wrongState() {
      return Reply.<Void>empty().state("not a list");
    }

    @Action
    Reply<Void> erase() {
      return Reply.<Void>empty().erase();
    }

    @Action
    long revision(ActorContext<List<Integer>> ledger) {
      return ledger.revision();
    }

    @Action
    Object unsendable() {
      return new Object() {
        @SuppressWarnings("unused")
        public String getValue() {
          throw new IllegalStateException("cannot be read");
        }
      };
    }
  }

  private static final ParameterizedTypeReference<List<Integer>> INTS =
      new ParameterizedTypeReference<>() {};

  @Test
  void anActionThatThrowsChangesNothingThoughItChangedItsObject() {
    try (var app = new ActorApplication(Ledger.class)) {
      ActorRef ledger = app.ref("Ledger", "a");
      ledger.ask("deposit", 5, int.class);

      assertFails(() -> ledger.ask("deposit", -1, int.class))
          .satisfies(e -> assertThat(e.code()).isEqualTo(FailureCode.ACTION_FAILED))
          .satisfies(e -> assertThat(e.execution()).isEqualTo(Execution.EXECUTED))
          .hasMessageContaining("Ledger/a.deposit failed: IllegalArgumentException: negative: -1");

      assertThat(ledger.ask("entries", null, INTS)).containsExactly(5);
    }
  }

  @Test
  void onlyTheReplyChangesTheState() {
    try (var app = new ActorApplication(Ledger.class)) {
      ActorRef ledger = app.ref("Ledger", "a");
      ledger.ask("deposit", 5, int.class);
      ledger.ask("mutateAndForget", int.class);
      List<Integer> answer = ledger.ask("entries", null, INTS);
      answer.add(99);
      assertThat(ledger.ask("entries", null, INTS)).containsExactly(5);
      assertThat(ledger.ask("revision", long.class)).isEqualTo(1);

      ledger.ask("erase", Void.class);
      assertThat(ledger.ask("entries", null, INTS)).isEmpty();
      assertThat(ledger.ask("revision", long.class)).isEqualTo(2);
    }
  }

  @Test
  void aReplyThatCannotBeKeptOrSentIsInvalid() {
    try (var app = new ActorApplication(Ledger.class)) {
      ActorRef ledger = app.ref("Ledger", "a");
      assertFails(() -> ledger.ask("wrongState", Void.class))
          .satisfies(e -> assertThat(e.code()).isEqualTo(FailureCode.REPLY_INVALID))
          .hasMessageContaining("java.util.List");
      assertFails(() -> ledger.ask("unsendable", Object.class))
          .satisfies(e -> assertThat(e.code()).isEqualTo(FailureCode.REPLY_INVALID));
      assertThat(ledger.ask("entries", null, INTS)).isEmpty();
    }
  }

  @Actor
  static class Relay {

    record Seen(String caller, Map<String, String> metadata, boolean limited) {}

    private final Actors actors;

    Relay(Actors actors) {
      this.actors = actors;
    }

    @Action
    Seen see(ActorContext<Void> context) {
      return new Seen(
          context.caller().map(Object::toString).orElse("outside"),
          context.metadata(),
          context.timeLeft().isPresent());
    }

    @Action
    Seen ask(String next) {
      return actors.ref("Relay", next).ask("see", Seen.class);
    }

    @Action
    CompletionStage<Seen> askFromAnotherThread(String next, ActorContext<Void> context) {
      return CompletableFuture.supplyAsync(() -> context.ref("Relay", next))
          .thenCompose(ref -> ref.askAsync("see", null, Seen.class));
    }

    @Action
    Duration timeLeft(ActorContext<Void> context) {
      return context.timeLeft().orElseThrow();
    }

    @Action
    Duration timeLeftOf(String next) {
      return actors
          .ref("Relay", next)
          .withTimeout(Duration.ofHours(1))
          .ask("timeLeft", Duration.class);
    }

    @Action
    Seen cycle(String me) {
      return actors.ref("Relay", me).ask("see", Seen.class);
    }

    @Action
    String reenter(String me) {
      return actors.ref("Relay", me).ask("reentrant", String.class);
    }

    @Action(reentrant = true)
    String reentrant() {
      return "went through";
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ask", "askFromAnotherThread"})
  void whatAnActionCallsKnowsWhoAsksAndWhatIsPassedAlong(String action) {
    try (var app = new ActorApplication(Relay.class)) {
      ActorRef a = app.ref("Relay", "a").withMetadata(Map.of("tenant", "7"));
      assertThat(a.ask(action, "b", Relay.Seen.class))
          .isEqualTo(new Relay.Seen("spawn-system:Relay/a", Map.of("tenant", "7"), true));
      assertThat(app.ref("Relay", "b").ask("see", Relay.Seen.class))
          .isEqualTo(new Relay.Seen("outside", Map.of(), true));
    }
  }

  @Test
  void whatAnActionCallsMayNotTakeLongerThanItsOwnCaller() {
    try (var app = new ActorApplication(Relay.class)) {
      ActorRef a = app.ref("Relay", "a").withTimeout(Duration.ofSeconds(3));
      assertThat(a.ask("timeLeftOf", "b", Duration.class)).isEqualTo(Duration.ofSeconds(3));
    }
  }

  @Test
  void aCallCycleIsRefusedUnlessTheActionIsReentrant() {
    try (var app = new ActorApplication(Relay.class)) {
      ActorRef a = app.ref("Relay", "a");
      assertFails(() -> a.ask("cycle", "a", Relay.Seen.class))
          .hasMessageContaining("Relay/a.cycle");
      assertThat(a.ask("reenter", "a", String.class)).isEqualTo("went through");
    }
  }

  @Actor
  static class Sender {

    @Action
    Reply<String> effects(String to) {
      return Reply.of("sent")
          .effect("Inbox", to, "receive", "one")
          .effect("Inbox", to, "receive", "two");
    }

    @Action
    Reply<String> later(String to) {
      return Reply.of("sent").effect("Inbox", to, "receive", "late", Duration.ofMinutes(1));
    }

    @Action
    Reply<Void> news(String text) {
      return Reply.<Void>empty().broadcast("news", text);
    }

    @Action
    Reply<Void> lastingNews(String text) {
      return Reply.<Void>empty().broadcastDurably("news", text);
    }

    @Action
    Reply<String> pipe(String text) {
      return Reply.of(text + " piped").pipe("Inbox", "i", "echo");
    }

    @Action
    Reply<String> forward(String text) {
      return Reply.of("not this").forward("Inbox", "i", "echo");
    }

    @Action
    Reply<Map<String, String>> tag(String value, ActorContext<Integer> context) {
      return Reply.of(context.tags()).state(1).tags(Map.of("color", value)).checkpoint();
    }
  }

  @Actor
  static class Inbox {

    final ConcurrentLinkedQueue<String> received = new ConcurrentLinkedQueue<>();

    @Action(channels = "news")
    void receive(String text, ActorContext<Void> context) {
      received.add(context.id().name() + ":" + text);
    }

    @Action
    String echo(String text) {
      return "echo of " + text;
    }
  }

  @Test
  void effectsArriveInOrderAndLaterOnesLater() {
    try (var app = new ActorApplication(Sender.class, Inbox.class)) {
      Inbox inbox = app.bean(Inbox.class);
      ActorRef sender = app.ref("Sender", "s");
      sender.ask("effects", "i", String.class);
      ActorApplication.await(() -> inbox.received.size() == 2);
      assertThat(inbox.received).containsExactly("i:one", "i:two");

      sender.ask("later", "i", String.class);
      app.time.advance(Duration.ofSeconds(59));
      assertThat(inbox.received).hasSize(2);
      app.time.advance(Duration.ofSeconds(1));
      ActorApplication.await(() -> inbox.received.size() == 3);
    }
  }

  @Test
  void aBroadcastReachesActorsInMemory() {
    try (var app = new ActorApplication(Sender.class, Inbox.class)) {
      app.ref("Inbox", "x").ask("echo", "wake up", String.class);
      app.ref("Inbox", "y").ask("echo", "wake up", String.class);
      app.ref("Sender", "s").ask("news", "rain", Void.class);
      Inbox inbox = app.bean(Inbox.class);
      ActorApplication.await(() -> inbox.received.containsAll(Set.of("x:rain", "y:rain")));
    }
  }

  @Actor(kind = Kind.NAMED)
  static class Board {

    final ConcurrentLinkedQueue<String> received = new ConcurrentLinkedQueue<>();

    @Action(channels = "news")
    void pin(String text) {
      received.add(text);
    }
  }

  @Test
  void aDurableBroadcastReachesThemTooAndNamedActorsLikeAnEffect() {
    try (var app = new ActorApplication(Sender.class, Inbox.class, Board.class)) {
      app.ref("Inbox", "x").ask("echo", "wake up", String.class);
      app.ref("Sender", "s").ask("lastingNews", "rain", Void.class);
      Inbox inbox = app.bean(Inbox.class);
      Board board = app.bean(Board.class);
      ActorApplication.await(
          () -> inbox.received.contains("x:rain") && board.received.contains("rain"));
      app.ref("Sender", "s").ask("lastingNews", "sun", Void.class);
      ActorApplication.await(() -> board.received.contains("sun"));
      assertThat(board.received).containsExactly("rain", "sun");
    }
  }

  @Test
  void anotherActorMayAnswer() {
    try (var app = new ActorApplication(Sender.class, Inbox.class)) {
      assertThat(app.ref("Sender", "s").ask("pipe", "a", String.class))
          .isEqualTo("echo of a piped");
      assertThat(app.ref("Sender", "s").ask("forward", "a", String.class)).isEqualTo("echo of a");
    }
  }

  @Test
  void tagsAreKept() {
    try (var app = new ActorApplication(Sender.class)) {
      ActorRef sender = app.ref("Sender", "s");
      var tags = new ParameterizedTypeReference<Map<String, String>>() {};
      assertThat(sender.ask("tag", "red", tags)).isEmpty();
      assertThat(sender.ask("tag", "blue", tags)).containsEntry("color", "red");
    }
  }

  @Actor(value = "${clock.type:Clock}", kind = Kind.NAMED)
  static class Clock {

    final AtomicInteger ticks = new AtomicInteger();
    final String zone;

    Clock(@Value("${clock.zone:UTC}") String zone) {
      this.zone = zone;
    }

    @Action(init = true)
    Reply<Void> start(ActorContext<String> context) {
      return Reply.<Void>empty().state(context.state().orElse("") + "started ");
    }

    @Action(timer = "${clock.period:10s}")
    void tick() {
      ticks.incrementAndGet();
    }

    @Action
    String show(ActorContext<String> context) {
      return zone + " " + context.state().orElse("");
    }
  }

  @Test
  void initRunsFirstAndTimersWhileTheActorIsInMemory() {
    try (var app = new ActorApplication(Clock.class)) {
      ActorRef clock = app.actors().ref("Clock");
      assertThat(clock.ask("show", String.class)).isEqualTo("UTC started ");
      Clock bean = app.bean(Clock.class);
      app.time.advance(Duration.ofSeconds(10));
      ActorApplication.await(() -> bean.ticks.get() == 1);
      app.time.advance(Duration.ofSeconds(10));
      ActorApplication.await(() -> bean.ticks.get() == 2);
    }
  }

  @Actor(kind = Kind.POOLED, minPool = 1, maxPool = 4)
  static class Worker {

    @Action
    int square(int number) {
      return number * number;
    }
  }

  @Test
  void aPoolAnswersForOneName() {
    try (var app = new ActorApplication(Worker.class)) {
      assertThat(app.actors().ref("Worker").ask("square", 7, int.class)).isEqualTo(49);
    }
  }

  static class Advice {

    static final ConcurrentLinkedQueue<String> SEEN = new ConcurrentLinkedQueue<>();

    @Bean
    static DefaultAdvisorAutoProxyCreator proxies() {
      var creator = new DefaultAdvisorAutoProxyCreator();
      creator.setProxyTargetClass(true);
      return creator;
    }

    @Bean
    static DefaultPointcutAdvisor advisor() {
      return new DefaultPointcutAdvisor(
          AnnotationMatchingPointcut.forMethodAnnotation(Action.class),
          (MethodInterceptor)
              call -> {
                SEEN.add(call.getMethod().getName());
                return call.proceed();
              });
    }
  }

  @Test
  void aProxiedBeanIsCalledThroughItsProxy() {
    Advice.SEEN.clear();
    try (var app = new ActorApplication(Advice.class, Relay.class)) {
      assertThat(app.ref("Relay", "a").ask("reentrant", String.class)).isEqualTo("went through");
      assertThat(Advice.SEEN).containsExactly("reentrant");
    }
  }

  @Actor
  static class Slow {

    final CompletableFuture<String> never = new CompletableFuture<>();

    @Action
    CompletionStage<String> forever() {
      return never;
    }

    @Action
    String next() {
      return "free again";
    }
  }

  @Test
  void aStageThatNeverCompletesFreesItsActorAtTheDeadline() {
    try (var app = new ActorApplication(Slow.class)) {
      ActorRef slow = app.ref("Slow", "s").withTimeout(Duration.ofSeconds(5));
      CompletionStage<String> answer = slow.askAsync("forever", null, String.class);
      ActorApplication.await(() -> app.node().inspect().activation(slow.id()).isPresent());
      CompletionStage<String> next =
          app.ref("Slow", "s")
              .withTimeout(Duration.ofHours(1))
              .askAsync("next", null, String.class);
      ActorApplication.await(
          () -> {
            app.time.advance(Duration.ofSeconds(1));
            return next.toCompletableFuture().isDone();
          });
      assertThat(next.toCompletableFuture().join()).isEqualTo("free again");
      assertThatThrownBy(() -> answer.toCompletableFuture().join())
          .hasCauseInstanceOf(SpawnException.class);
    }
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, SpawnException> assertFails(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    SpawnException thrown =
        org.assertj.core.api.Assertions.catchThrowableOfType(SpawnException.class, call);
    assertThat(thrown).as("the call should have failed").isNotNull();
    return assertThat(thrown);
  }
}
