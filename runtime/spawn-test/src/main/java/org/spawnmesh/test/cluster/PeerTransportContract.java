package org.spawnmesh.test.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.CallChain;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Once;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.PeerAnswer;
import org.spawnmesh.cluster.PeerAnswer.Answered;
import org.spawnmesh.cluster.PeerAnswer.Moved;
import org.spawnmesh.cluster.PeerMessage;
import org.spawnmesh.cluster.PeerTransport;
import org.spawnmesh.cluster.PeerTransport.Inbox;
import org.spawnmesh.cluster.PeerTransport.Link;
import org.spawnmesh.cluster.PeerTransport.Reach;
import org.spawnmesh.cluster.Shard;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.View;
import org.spawnmesh.time.Timers;

/**
 * What {@link PeerTransport} promises, as tests. Extend it in the tests of a transport, and
 * implement {@link #place} and {@link #timers}. Nothing here waits but in {@link #await}, so a
 * transport that lives in virtual time lets it pass there.
 *
 * <p>A link has to take 10,000 invocations and 1,000 messages at once, of up to 9 MB.
 */
public abstract class PeerTransportContract {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** How long a probe may wait for nodes that do answer. */
  private static final Duration LONG = Duration.ofSeconds(20);

  private static final Incarnation ONE = new Incarnation(1);
  private static final Incarnation TWO = new Incarnation(2);
  private static final Incarnation THREE = new Incarnation(3);

  /** A place where nodes live, one after the other, and the way there. */
  protected interface Place {

    /** What other nodes connect to; the same for all that live here. */
    String address();

    /**
     * Starts a transport here, as a new process would. What was cut, killed or silenced before
     * works again.
     */
    PeerTransport start(Inbox inbox, Timers timers) throws Exception;

    /** Breaks all connections to here. New ones can be made. */
    void cut();

    /** What others see when the process is killed: all breaks, and nothing listens any more. */
    void kill();

    /** What is sent to here, and from here on connections made by others, is held back for ever. */
    void silence();
  }

  private final List<PeerTransport> started = new ArrayList<>();

  /** A new place. The suite closes what it has started; all else is up to the implementation. */
  protected abstract Place place() throws Exception;

  /** The clock of the test. */
  protected abstract Timers timers();

  /** How many invocations one link has under way at most. */
  protected abstract int invocationLimit();

  /** Waits for what has to come. */
  protected <T extends @Nullable Object> T await(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @AfterEach
  final void closeTransports() {
    started.forEach(PeerTransport::close);
  }

  /** A life of a node. */
  protected final class Node {

    final Place place;
    final Desk desk;
    final PeerTransport transport;
    final Incarnation self;

    private Node(Place place, Desk desk, Timers timers, Incarnation self) throws Exception {
      this.place = place;
      this.desk = desk;
      this.self = self;
      transport = place.start(desk, timers);
      started.add(transport);
      transport.identify(self);
    }

    Link to(Node other) {
      return to(other.self, other.place);
    }

    Link to(Incarnation incarnation, Place at) {
      return transport.link(
          new Member(
              incarnation, "node", at.address(), "1", Map.of(TYPE, Member.Offer.of(Kind.UNNAMED))));
    }
  }

  private Node node(Incarnation self) throws Exception {
    return new Node(place(), new Desk(), timers(), self);
  }

  private static final ActorType TYPE = new ActorType("shop", "Cart");

  private static ActorId cart(String name) {
    return new ActorId(TYPE, name);
  }

  private static Invocation ask(String cart) {
    return Invocation.ask(cart(cart), "add", text(cart));
  }

  private static Payload text(String text) {
    return Payload.of("text", text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(PeerAnswer answer) {
    return new String(ok(answer).bytes(), StandardCharsets.UTF_8);
  }

  private static Payload ok(PeerAnswer answer) {
    return ((Answered) answer).answer().orThrow();
  }

  private static Failure failure(PeerAnswer answer) {
    assertThat(answer).isInstanceOf(Answered.class);
    assertThat(((Answered) answer).answer()).isInstanceOf(Answer.Failed.class);
    return ((Answer.Failed) ((Answered) answer).answer()).failure();
  }

  private static void assertFailed(PeerAnswer answer, FailureCode code, Execution execution) {
    Failure failure = failure(answer);
    assertThat(failure.code()).as(failure.toString()).isEqualTo(code);
    assertThat(failure.execution()).as(failure.toString()).isEqualTo(execution);
  }

  /** An inbox that keeps what came, and answers as it is told to: with the payload it got. */
  protected static final class Desk implements Inbox {

    record Arrival(Incarnation from, long view, Object what) {}

    record News(Incarnation of, Reach reach) {}

    private record Expected<T>(
        Predicate<List<T>> what, List<T> of, CompletableFuture<List<T>> come) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final List<Arrival> arrivals = new ArrayList<>();
    private final List<News> news = new ArrayList<>();
    private final List<Expected<?>> expected = new ArrayList<>();

    volatile Function<Invocation, CompletionStage<PeerAnswer>> answers =
        invocation -> answer(Answer.of(invocation.payload()));

    private final ConcurrentLinkedDeque<Runnable> held = new ConcurrentLinkedDeque<>();

    /** From now on invocations wait for {@link #release}. */
    void hold() {
      answers =
          invocation -> {
            var answer = new CompletableFuture<PeerAnswer>();
            held.push(() -> answer.complete(new Answered(Answer.of(invocation.payload()))));
            return answer;
          };
    }

    /** Answers what is held, last come first, with the payloads that came. */
    void release() {
      for (Runnable next = held.poll(); next != null; next = held.poll()) {
        next.run();
      }
    }

    static CompletionStage<PeerAnswer> answer(Answer answer) {
      return CompletableFuture.completedFuture(new Answered(answer));
    }

    @Override
    public CompletionStage<PeerAnswer> invoked(Incarnation from, long view, Invocation invocation) {
      CompletionStage<PeerAnswer> answer = answers.apply(invocation);
      add(arrivals, new Arrival(from, view, invocation)); // then it can be released, too
      return answer;
    }

    @Override
    public void received(Incarnation from, long view, PeerMessage message) {
      add(arrivals, new Arrival(from, view, message));
    }

    @Override
    public void broken(Incarnation to, Reach reach) {
      add(news, new News(to, reach));
    }

    private <T> void add(List<T> list, T item) {
      List<Runnable> come = new ArrayList<>();
      lock.lock();
      try {
        list.add(item);
        expected.removeIf(expectation -> comes(expectation, come));
      } finally {
        lock.unlock();
      }
      come.forEach(Runnable::run);
    }

    private static <T> boolean comes(Expected<T> expectation, List<Runnable> come) {
      if (!expectation.what.test(expectation.of)) {
        return false;
      }
      List<T> copy = List.copyOf(expectation.of);
      come.add(() -> expectation.come.complete(copy));
      return true;
    }

    private <T> CompletionStage<List<T>> when(List<T> list, Predicate<List<T>> what) {
      var expectation = new Expected<>(what, list, new CompletableFuture<List<T>>());
      lock.lock();
      try {
        if (what.test(list)) {
          return CompletableFuture.completedFuture(List.copyOf(list));
        }
        expected.add(expectation);
        return expectation.come;
      } finally {
        lock.unlock();
      }
    }

    /** Completes with all that came, when that are so many. */
    CompletionStage<List<Arrival>> arrivals(int number) {
      return when(arrivals, all -> all.size() >= number);
    }

    List<Arrival> arrivals() {
      lock.lock();
      try {
        return List.copyOf(arrivals);
      } finally {
        lock.unlock();
      }
    }

    List<News> news() {
      lock.lock();
      try {
        return List.copyOf(news);
      } finally {
        lock.unlock();
      }
    }

    CompletionStage<List<News>> news(int number) {
      return when(news, all -> all.size() >= number);
    }

    CompletionStage<List<News>> news(Incarnation of, Reach reach) {
      return when(news, all -> all.contains(new News(of, reach)));
    }
  }

  // ---- what is carried ----

  @Test
  void anInvocationArrivesAsItWasSent() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    var chain = new CallChain(cart("b"), "inner", new CallChain(cart("c"), "outer", null));
    var full =
        new Invocation(
            cart("Ähre/:日本"),
            "add",
            Payload.of("type.example/shop.Item", new byte[] {0, -1, 7}),
            Invocation.Mode.TELL,
            Invocation.NO_DEADLINE,
            cart("a"),
            chain,
            Map.of("traceparent", "00-1-2-01", "", "empty key"),
            3,
            new Once("key:größer", 7));

    await(here.to(there).invoke(42, full));
    await(here.to(there).invoke(43, Invocation.ask(cart("x"), "get", Payload.NONE)));
    await(here.to(there).invoke(44, Invocation.ask(cart("x"), "get", Payload.of("", new byte[0]))));

    List<Desk.Arrival> came = there.desk.arrivals();
    assertThat(came).extracting(Desk.Arrival::from).containsOnly(ONE);
    assertThat(came).extracting(Desk.Arrival::view).containsExactly(42L, 43L, 44L);
    var first = (Invocation) came.get(0).what();
    assertThat(first).usingRecursiveComparison().ignoringFields("payload").isEqualTo(full);
    assertThat(Payload.sameContent(first.payload(), full.payload())).isTrue();
    var none = (Invocation) came.get(1).what();
    assertThat(none.payload().isNone()).isTrue();
    assertThat(none.caller()).isNull();
    assertThat(none.chain()).isNull();
    assertThat(none.metadata()).isEmpty();
    assertThat(none.mode()).isEqualTo(Invocation.Mode.ASK);
    assertThat(((Invocation) came.get(2).what()).payload().isNone()).isFalse();
  }

  @Test
  void anAnswerArrivesAsItWasGiven() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    Link link = here.to(there);

    there.desk.answers = invocation -> Desk.answer(Answer.EMPTY);
    assertThat(ok(await(link.invoke(1, ask("a")))).isNone()).isTrue();

    there.desk.answers = invocation -> Desk.answer(Answer.of(Payload.of("", new byte[0])));
    assertThat(ok(await(link.invoke(1, ask("a")))).isNone()).isFalse();

    there.desk.answers = invocation -> Desk.answer(Answer.of(Payload.of("t", new byte[] {1, 2})));
    Payload payload = ok(await(link.invoke(1, ask("a"))));
    assertThat(payload.type()).isEqualTo("t");
    assertThat(payload.bytes()).containsExactly(1, 2);

    there.desk.answers = invocation -> CompletableFuture.completedFuture(new Moved(9));
    assertThat(await(link.invoke(1, ask("a")))).isEqualTo(new Moved(9));
  }

  @Test
  void aFailureArrivesAsItWasTold() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    Link link = here.to(there);
    for (FailureCode code : FailureCode.values()) {
      for (Execution execution : Execution.values()) {
        var failure = new Failure(code, "shop: " + code, execution, null);
        there.desk.answers = invocation -> Desk.answer(Answer.failed(failure));
        assertThat(failure(await(link.invoke(1, ask("a"))))).isEqualTo(failure);
      }
    }
    var later =
        Failure.notExecuted(FailureCode.MAILBOX_FULL, "full").retryAfter(Duration.ofMillis(1_500));
    there.desk.answers = invocation -> Desk.answer(Answer.failed(later));
    assertThat(failure(await(link.invoke(1, ask("a"))))).isEqualTo(later);
  }

  @Test
  void messagesArriveAsTheyWereSent() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    var shard = new Shard(TYPE, 7);
    var payload = Payload.of("t", new byte[] {1});
    List<PeerMessage> messages =
        List.of(
            new PeerMessage.Published(),
            new PeerMessage.Raised(new View(3, Set.of(ONE, TWO), "256\n…")),
            new PeerMessage.Raised(new View(4, Set.of())),
            new PeerMessage.Claim(),
            new PeerMessage.Cleared(List.of()),
            new PeerMessage.Cleared(List.of(shard, new Shard(TYPE, 0))),
            new PeerMessage.Warm(
                shard,
                List.of(
                    new Snapshot(cart("a"), 5, payload, Map.of("colour", "red")),
                    new Snapshot(cart("b"), 6, null, Map.of()),
                    new Snapshot(cart("c"), 7, Payload.NONE, Map.of()))),
            new PeerMessage.Released(shard),
            new PeerMessage.Suspected(THREE),
            new PeerMessage.Cast(
                new Broadcast("news", "read", payload), cart("a"), Map.of("traceparent", "x")),
            new PeerMessage.Cast(new Broadcast("news", "", Payload.NONE), cart("a"), Map.of()),
            new PeerMessage.Cast(new Broadcast("n", "", payload).lasting(), cart("a"), Map.of()));
    Link link = here.to(there);

    for (int i = 0; i < messages.size(); i++) {
      link.send(i, messages.get(i));
    }

    List<Desk.Arrival> came = await(there.desk.arrivals(messages.size()));
    for (int i = 0; i < messages.size(); i++) {
      assertThat(came.get(i).from()).isEqualTo(ONE);
      assertThat(came.get(i).view()).isEqualTo(i);
      assertThat(came.get(i).what())
          .usingRecursiveComparison()
          .withEqualsForType(Payload::sameContent, Payload.class)
          .isEqualTo(messages.get(i));
    }
    var warm = (PeerMessage.Warm) came.get(6).what();
    assertThat(warm.states().get(1).state()).isNull();
    assertThat(Objects.requireNonNull(warm.states().get(2).state()).isNone()).isTrue();
  }

  @Test
  void deadlinesAreCountedOnEachNodesOwnClock() throws Exception {
    Node here = node(ONE);
    Timers ahead = shifted(timers(), Duration.ofHours(5));
    Node there = new Node(place(), new Desk(), ahead, TWO);
    long minute = Duration.ofMinutes(1).toNanos();

    await(here.to(there).invoke(1, ask("a").withDeadline(timers().nanoTime() + minute)));

    var came = (Invocation) there.desk.arrivals().getFirst().what();
    assertThat(came.deadline() - ahead.nanoTime()).isBetween(minute / 2, minute);
  }

  private static Timers shifted(Timers timers, Duration ahead) {
    return new Timers() {
      @Override
      public long nanoTime() {
        return timers.nanoTime() + ahead.toNanos();
      }

      @Override
      public Timer schedule(Duration delay, Runnable task) {
        return timers.schedule(delay, task);
      }
    };
  }

  @Test
  void whatIsOverdueIsNotSent() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    Link link = here.to(there);

    PeerAnswer answer = await(link.invoke(1, ask("late").withDeadline(timers().nanoTime() - 1)));
    assertThat(text(await(link.invoke(1, ask("next"))))).isEqualTo("next");

    assertFailed(answer, FailureCode.DEADLINE_PASSED, Execution.NOT_EXECUTED);
    assertThat(there.desk.arrivals()).hasSize(1);
  }

  @Test
  void theOrderOfALinkIsKept() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    Link link = here.to(there);

    for (int i = 0; i < 2_000; i++) {
      if (i % 2 == 0) {
        link.invoke(i, ask("a"));
      } else {
        link.send(i, new PeerMessage.Published());
      }
    }

    assertThat(await(there.desk.arrivals(2_000)))
        .extracting(Desk.Arrival::view)
        .isEqualTo(IntStream.range(0, 2_000).mapToObj(Long::valueOf).toList());
  }

  @Test
  void largeThingsPassAndAreNotMixedUp() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    Link link = here.to(there);
    var random = new Random(7);
    var large = new byte[9 << 20];
    random.nextBytes(large);
    var state = Payload.of("state", large);

    CompletionStage<PeerAnswer> small = link.invoke(1, ask("before"));
    CompletionStage<PeerAnswer> echoed =
        link.invoke(1, Invocation.ask(cart("a"), "add", Payload.of("t", large)));
    link.send(
        1,
        new PeerMessage.Warm(
            new Shard(TYPE, 0), List.of(new Snapshot(cart("a"), 1, state, Map.of()))));
    CompletionStage<PeerAnswer> after = link.invoke(1, ask("after"));

    assertThat(text(await(small))).isEqualTo("before");
    assertThat(ok(await(echoed)).bytes()).isEqualTo(large);
    assertThat(text(await(after))).isEqualTo("after");
    var warm = (PeerMessage.Warm) await(there.desk.arrivals(4)).get(2).what();
    assertThat(Objects.requireNonNull(warm.states().getFirst().state()).bytes()).isEqualTo(large);
  }

  @Test
  void tenThousandAsksAtOnceGetTheirOwnAnswers() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    Link link = here.to(there);
    there.desk.hold();
    Map<Integer, CompletionStage<PeerAnswer>> answers = new ConcurrentHashMap<>();

    IntStream.range(0, 10_000)
        .parallel()
        .forEach(i -> answers.put(i, link.invoke(1, ask("cart" + i))));
    await(there.desk.arrivals(10_000));
    there.desk.release();

    for (int i = 0; i < 10_000; i++) {
      assertThat(text(await(Objects.requireNonNull(answers.get(i))))).isEqualTo("cart" + i);
    }
    assertThat(there.desk.arrivals()).hasSize(10_000);
  }

  // ---- who is there ----

  @Test
  void aNodeThatIsThereAnswersProbes() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    assertThat(await(here.to(there).probe(LONG))).isEqualTo(Reach.THERE);
    assertThat(await(here.to(there).probe(LONG))).isEqualTo(Reach.THERE);
  }

  @Test
  void nothingIsTakenForAnotherLife() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    Link link = here.to(THREE, there.place);

    link.send(1, new PeerMessage.Published());
    PeerAnswer answer = await(link.invoke(1, ask("a")));

    assertFailed(answer, FailureCode.NODE_UNAVAILABLE, Execution.NOT_EXECUTED);
    assertThat(await(link.probe(LONG))).isEqualTo(Reach.GONE);
    await(here.desk.news(THREE, Reach.GONE));
    assertThat(text(await(here.to(there).invoke(1, ask("b"))))).isEqualTo("b");
    assertThat(there.desk.arrivals()).hasSize(1);
  }

  @Test
  void nothingIsTakenByWhoHasNoIdentity() throws Exception {
    Node here = node(ONE);
    Place place = place();
    var desk = new Desk();
    PeerTransport nobody = place.start(desk, timers());
    started.add(nobody);

    assertFailed(
        await(here.to(TWO, place).invoke(1, ask("a"))),
        FailureCode.NODE_UNAVAILABLE,
        Execution.NOT_EXECUTED);
    assertThat(desk.arrivals()).isEmpty();
    var member = new Member(ONE, "here", here.place.address(), "1", Map.of());
    assertThatIllegalStateException().isThrownBy(() -> nobody.link(member));

    nobody.identify(TWO);
    assertThat(await(here.to(TWO, place).probe(LONG))).isEqualTo(Reach.THERE);
    assertThat(text(await(here.to(TWO, place).invoke(1, ask("b"))))).isEqualTo("b");
  }

  @Test
  void aNewProcessAtTheSameAddressIsNotTheOneBefore() throws Exception {
    Node here = node(ONE);
    Node before = node(TWO);
    Link old = here.to(before);
    assertThat(text(await(old.invoke(1, ask("a"))))).isEqualTo("a");

    before.place.kill();
    Node after = new Node(before.place, new Desk(), timers(), THREE);

    assertThat(await(old.probe(LONG))).isEqualTo(Reach.GONE);
    assertFailed(
        await(old.invoke(1, ask("b"))), FailureCode.NODE_UNAVAILABLE, Execution.NOT_EXECUTED);
    await(here.desk.news(TWO, Reach.GONE));
    assertThat(text(await(here.to(after).invoke(1, ask("c"))))).isEqualTo("c");
    assertThat(after.desk.arrivals()).hasSize(1);
  }

  @Test
  void aNewIdentityEndsTheLinksOfTheOldOne() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    there.desk.hold();
    Link old = here.to(there);
    CompletionStage<PeerAnswer> underWay = old.invoke(1, ask("a"));
    await(there.desk.arrivals(1));

    here.transport.identify(THREE);

    assertFailed(await(underWay), FailureCode.NODE_UNAVAILABLE, Execution.UNKNOWN);
    assertFailed(
        await(old.invoke(1, ask("b"))), FailureCode.NODE_UNAVAILABLE, Execution.NOT_EXECUTED);
    there.desk.answers = invocation -> Desk.answer(Answer.EMPTY);
    await(here.to(there).invoke(1, ask("c")));
    assertThat(there.desk.arrivals()).extracting(Desk.Arrival::from).containsExactly(ONE, THREE);
  }

  @Test
  void whoHasANewIdentityIsNotReachedByTheOldOne() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    Link old = here.to(there);
    await(old.invoke(1, ask("a")));

    there.transport.identify(THREE);

    await(here.desk.news(TWO, Reach.GONE));
    assertFailed(
        await(old.invoke(1, ask("b"))), FailureCode.NODE_UNAVAILABLE, Execution.NOT_EXECUTED);
    assertThat(text(await(here.to(THREE, there.place).invoke(1, ask("c"))))).isEqualTo("c");
    assertThat(there.desk.arrivals()).hasSize(2);
  }

  // ---- connections that break ----

  @Test
  void whatWasNotAnsweredWhenTheConnectionBrokeMayHaveRun() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    there.desk.hold();
    Link link = here.to(there);
    CompletionStage<PeerAnswer> underWay = link.invoke(1, ask("a"));
    await(there.desk.arrivals(1));

    there.place.cut();

    assertFailed(await(underWay), FailureCode.NODE_UNAVAILABLE, Execution.UNKNOWN);
    await(here.desk.news(TWO, Reach.THERE)); // again, by itself
    there.desk.release();
    there.desk.answers = invocation -> Desk.answer(Answer.of(invocation.payload()));
    assertThat(text(await(link.invoke(1, ask("b"))))).isEqualTo("b");
  }

  @Test
  void aKilledNodeIsGone() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    there.desk.hold();
    Link link = here.to(there);
    CompletionStage<PeerAnswer> underWay = link.invoke(1, ask("a"));
    await(there.desk.arrivals(1));

    there.place.kill();

    assertFailed(await(underWay), FailureCode.NODE_UNAVAILABLE, Execution.UNKNOWN);
    await(here.desk.news(TWO, Reach.GONE));
    assertFailed(
        await(link.invoke(1, ask("b"))), FailureCode.NODE_UNAVAILABLE, Execution.NOT_EXECUTED);
    assertThat(await(link.probe(LONG))).isEqualTo(Reach.GONE);
  }

  @Test
  void aSilentNodeIsNotTakenForGone() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    Link link = here.to(there);
    await(link.invoke(1, ask("a")));

    there.place.silence();
    CompletionStage<PeerAnswer> underWay = link.invoke(1, ask("b"));

    assertThat(await(link.probe(Duration.ofMillis(10)))).isEqualTo(Reach.SILENT);
    await(here.desk.news(TWO, Reach.SILENT));
    assertFailed(await(underWay), FailureCode.NODE_UNAVAILABLE, Execution.UNKNOWN);
    assertFailed(
        await(link.invoke(1, ask("c"))), FailureCode.NODE_UNAVAILABLE, Execution.NOT_EXECUTED);
    assertThat(here.desk.news()).doesNotContain(new Desk.News(TWO, Reach.GONE));
  }

  /**
   * Whatever breaks and whenever: each invocation has one answer, and the answer is no lie. Who is
   * told "not executed" was never run, who has an answer was run once, nobody was run twice.
   */
  @Test
  void answersAreTrueHoweverOftenTheConnectionBreaks() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    Link link = here.to(there);
    var completions = new AtomicInteger();
    Map<String, CompletionStage<PeerAnswer>> answers = new HashMap<>();

    for (int round = 0; round < 30; round++) {
      List<CompletionStage<PeerAnswer>> thisRound = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        if (i == 100) {
          there.place.cut();
        }
        String name = round + "-" + i;
        CompletionStage<PeerAnswer> answer = link.invoke(1, ask(name));
        answer.thenRun(completions::incrementAndGet);
        answers.put(name, answer);
        thisRound.add(answer);
      }
      for (CompletionStage<PeerAnswer> answer : thisRound) {
        await(answer);
      }
    }
    assertThat(await(link.probe(LONG))).isEqualTo(Reach.THERE);

    Map<String, Integer> runs = new HashMap<>();
    there
        .desk
        .arrivals()
        .forEach(
            arrival -> runs.merge(((Invocation) arrival.what()).actor().name(), 1, Integer::sum));
    for (Map.Entry<String, CompletionStage<PeerAnswer>> entry : answers.entrySet()) {
      int ran = runs.getOrDefault(entry.getKey(), 0);
      switch (((Answered) await(entry.getValue())).answer()) {
        case Answer.Ok ok -> assertThat(ran).as(entry.getKey()).isEqualTo(1);
        case Answer.Failed(Failure failure) -> {
          assertThat(failure.code()).isEqualTo(FailureCode.NODE_UNAVAILABLE);
          assertThat(failure.execution()).isNotEqualTo(Execution.EXECUTED);
          assertThat(ran)
              .as(entry.getKey() + ": " + failure)
              .isBetween(0, failure.execution() == Execution.NOT_EXECUTED ? 0 : 1);
        }
      }
    }
    assertThat(completions).hasValue(answers.size());
  }

  // ---- too much ----

  @Test
  void whoAsksTooMuchIsRefusedAndMessagesStillPass() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    there.desk.hold();
    Link link = here.to(there);
    List<CompletionStage<PeerAnswer>> underWay = new ArrayList<>();
    for (int i = 0; i < invocationLimit(); i++) {
      underWay.add(link.invoke(1, ask("a" + i)));
    }

    assertFailed(
        await(link.invoke(1, ask("one more"))),
        FailureCode.NODE_OVERLOADED,
        Execution.NOT_EXECUTED);
    for (int i = 0; i < 1_000; i++) {
      link.send(2, new PeerMessage.Published());
    }
    await(there.desk.arrivals(invocationLimit() + 1_000));

    there.desk.release();
    for (CompletionStage<PeerAnswer> answer : underWay) {
      ok(await(answer));
    }
    there.desk.answers = invocation -> Desk.answer(Answer.of(invocation.payload()));
    assertThat(text(await(link.invoke(1, ask("again"))))).isEqualTo("again");
  }

  // ---- the end ----

  @Test
  void aClosedLinkSendsNothingMoreAndAwaitsItsAnswers() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    there.desk.hold();
    Link link = here.to(there);
    CompletionStage<PeerAnswer> underWay = link.invoke(1, ask("a"));
    await(there.desk.arrivals(1));

    link.close();
    PeerAnswer refused = await(link.invoke(1, ask("b")));
    link.send(1, new PeerMessage.Published());
    there.desk.release();

    assertThat(text(await(underWay))).isEqualTo("a");
    assertFailed(refused, FailureCode.NODE_UNAVAILABLE, Execution.NOT_EXECUTED);
    assertThat(there.desk.arrivals()).hasSize(1);
    assertThat(here.desk.news()).isEmpty();
  }

  @Test
  void whatWasAnsweredBeforeTheCloseIsStillSent() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    there.desk.hold();
    Link link = here.to(there);
    List<CompletionStage<PeerAnswer>> answers = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      answers.add(link.invoke(1, ask("cart" + i)));
    }
    await(there.desk.arrivals(1_000));

    there.desk.release();
    there.transport.close();

    for (int i = 0; i < 1_000; i++) {
      assertThat(text(await(answers.get(i)))).isEqualTo("cart" + i);
    }
    await(here.desk.news(1)); // the attempt that was made at once has failed
    there.place.kill();
    assertThat(await(link.probe(LONG))).isEqualTo(Reach.GONE);
  }

  @Test
  void whatIsNeverAnsweredDoesNotKeepATransportOpen() throws Exception {
    Node here = node(ONE);
    Node there = node(TWO);
    there.desk.hold();
    Link link = here.to(there);
    CompletionStage<PeerAnswer> underWay = link.invoke(1, ask("a"));
    await(there.desk.arrivals(1));

    here.transport.close();

    assertFailed(await(underWay), FailureCode.NODE_UNAVAILABLE, Execution.UNKNOWN);
    assertFailed(
        await(link.invoke(1, ask("b"))), FailureCode.NODE_UNAVAILABLE, Execution.NOT_EXECUTED);
    assertThat(await(link.probe(LONG))).isEqualTo(Reach.SILENT);
  }
}
