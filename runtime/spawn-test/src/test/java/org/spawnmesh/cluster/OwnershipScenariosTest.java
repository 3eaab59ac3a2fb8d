package org.spawnmesh.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.CallChain;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.cluster.Member.Offer;
import org.spawnmesh.cluster.PeerTransport.Inbox;
import org.spawnmesh.cluster.PeerTransport.Link;
import org.spawnmesh.cluster.PeerTransport.Reach;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Ledger;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.View;
import org.spawnmesh.test.FaultyStateStore;
import org.spawnmesh.test.SeededExecutor;
import org.spawnmesh.test.SimulatedMembership;
import org.spawnmesh.test.VirtualTimers;

/**
 * The counterexamples of {@code docs/explanation/consistency.md}, step by step: one mesh is real,
 * and the test is all the others. It is #1; #2 and #3 are what the test says for them.
 */
class OwnershipScenariosTest {

  private static final ActorType CART = new ActorType("shop", "Cart");
  private static final int PARTITIONS = 16;

  private final VirtualTimers timers = new VirtualTimers();
  private final SeededExecutor threads = new SeededExecutor(new Random(1));
  private final InMemoryStateStore stored = new InMemoryStateStore();
  private final FaultyStateStore store = new FaultyStateStore(stored);
  private final SimulatedMembership service =
      new SimulatedMembership(timers, Duration.ofSeconds(4), () -> Duration.ZERO);
  private final SimulatedMembership.Client leader = service.client(threads, timers);
  private final SimulatedMembership.Client client = service.client(threads, timers);
  private final Script script = new Script();
  private final Local local = new Local();
  private final Mesh mesh =
      new Mesh(
          MeshSettings.of("me").withPartitions(PARTITIONS).withBatching(Duration.ZERO),
          client,
          script,
          timers,
          threads);
  private final Member me = member(1);
  private final Member two = member(2);
  private final Member three = member(3);

  private static Member member(long number) {
    return new Member(
        new Incarnation(number),
        number == 1 ? "me" : "n" + number,
        "host" + number + ":1",
        "",
        Map.of(CART, Offer.of(Kind.UNNAMED)));
  }

  // ---- the others ----

  /** What was sent, and how to send. */
  private final class Script implements PeerTransport {

    private record Sent(Incarnation to, long view, PeerMessage message) {}

    private final List<Sent> sent = new ArrayList<>();
    private final Map<Incarnation, Reach> reaches = new HashMap<>();
    private @Nullable Inbox inbox;

    @Override
    public String start(Inbox into) {
      inbox = into;
      return "host1:1";
    }

    @Override
    public void identify(Incarnation self) {}

    @Override
    public Link link(Member to) {
      return new Link() {
        @Override
        public Member to() {
          return to;
        }

        @Override
        public CompletionStage<PeerAnswer> invoke(long view, Invocation invocation) {
          return new CompletableFuture<>();
        }

        @Override
        public void send(long view, PeerMessage message) {
          sent.add(new Sent(to.incarnation(), view, message));
        }

        @Override
        public CompletionStage<Reach> probe(Duration patience) {
          return CompletableFuture.completedStage(
              reaches.getOrDefault(to.incarnation(), Reach.THERE));
        }

        @Override
        public void close() {}
      };
    }

    @Override
    public void close() {}

    Inbox inbox() {
      return java.util.Objects.requireNonNull(inbox);
    }

    /** What was sent since the last look. */
    List<String> take() {
      List<String> lines =
          sent.stream()
              .map(
                  one ->
                      "%s v%d %s%s"
                          .formatted(
                              one.to(),
                              one.view(),
                              one.message().getClass().getSimpleName(),
                              details(one.message())))
              .toList();
      sent.clear();
      return lines;
    }

    private static String details(PeerMessage message) {
      return switch (message) {
        case PeerMessage.Cleared cleared ->
            " except "
                + cleared.except().stream()
                    .map(Shard::partition)
                    .map(String::valueOf)
                    .sorted()
                    .toList();
        case PeerMessage.Released released -> " " + released.shard().partition();
        case PeerMessage.Warm warm ->
            " "
                + warm.shard().partition()
                + " "
                + warm.states().stream().map(state -> state.actor().name()).toList();
        case PeerMessage.Suspected suspected -> " " + suspected.member();
        default -> "";
      };
    }
  }

  private static final class Local implements LocalNode {

    private final List<String> events = new ArrayList<>();

    @Override
    public void joined(Incarnation incarnation) {
      events.add("joined " + incarnation);
    }

    @Override
    public CompletionStage<Answer> invoke(Invocation invocation) {
      return CompletableFuture.completedStage(Answer.EMPTY);
    }

    @Override
    public void cast(Broadcast broadcast, ActorId source, Map<String, String> metadata) {}

    @Override
    public void closing() {}

    @Override
    public void opened(Gate gate, List<String> warm) {}

    @Override
    public void fenced(Incarnation incarnation, String why) {
      events.add("fenced " + incarnation);
    }
  }

  /**
   * A ledger that is slow, or behind.
   *
   * @param meanwhile happens before a row is there
   * @param read what is read for the view that is stored
   * @param known what those who asked knew, by number
   */
  private record PoorLedger(
      Ledger ledger, Runnable meanwhile, UnaryOperator<View> read, List<Long> known)
      implements Ledger {

    PoorLedger(Ledger ledger, Runnable meanwhile, UnaryOperator<View> read) {
      this(ledger, meanwhile, read, new ArrayList<>());
    }

    @Override
    public Incarnation register(String node, int writers) {
      meanwhile.run();
      return ledger.register(node, writers);
    }

    @Override
    public View view() {
      return read.apply(ledger.view());
    }

    @Override
    public View view(View known) {
      this.known.add(known.number());
      return Ledger.super.view(known);
    }

    @Override
    public View raise(View from, Set<Incarnation> members, String details) {
      return ledger.raise(from, members, details);
    }

    @Override
    public boolean isMember(Incarnation incarnation) {
      return ledger.isMember(incarnation);
    }

    @Override
    public StandaloneLock lockStandalone(Duration patience) {
      return ledger.lockStandalone(patience);
    }
  }

  private void says(Member from, long view, PeerMessage message) {
    script.inbox().received(from.incarnation(), view, message);
    settle();
  }

  private static PeerMessage clearedExcept(Shard... shards) {
    return new PeerMessage.Cleared(List.of(shards));
  }

  /** Everything that can happen without time passing; #1 never leads, unless a test says so. */
  private void settle() {
    threads.runAll();
  }

  private void pass(Duration time) {
    for (long i = time.toMillis() / 50; i > 0; i--) {
      timers.advance(Duration.ofMillis(50));
      settle();
    }
  }

  private CompletionStage<Incarnation> join() {
    leader.start(() -> {});
    leader.announce(member(9)); // leads, and does nothing
    mesh.host(Map.of(CART, Offer.of(Kind.UNNAMED)));
    CompletionStage<Incarnation> joined = mesh.join(store.ledger(), 1, local);
    settle();
    stored.register("n2", 1);
    stored.register("n3", 1);
    return joined;
  }

  private long raise(Member... members) {
    View raised =
        stored.raise(
            stored.view(),
            Stream.of(members).map(Member::incarnation).collect(Collectors.toSet()),
            Roster.of(0, PARTITIONS, List.of(members)).details());
    return raised.number();
  }

  /** #1 learns of the view. */
  private long raised(Member... members) {
    long number = raise(members);
    leader.publish(number);
    settle();
    return number;
  }

  /** Alone in view 1, with all gates open. */
  private void alone() {
    join();
    raised(me);
    script.take();
  }

  private static Shard shard(ActorId actor) {
    return Shard.of(actor, PARTITIONS);
  }

  /** An actor whose owners are these: of the first list of members the first member, and so on. */
  private static ActorId actorOf(Map<List<Member>, Member> owners) {
    return IntStream.range(0, 10_000)
        .mapToObj(i -> new ActorId(CART, "c" + i))
        .filter(
            actor ->
                owners.entrySet().stream()
                    .allMatch(
                        entry ->
                            entry
                                .getValue()
                                .equals(
                                    new Routes(Roster.of(1, PARTITIONS, entry.getKey()))
                                        .owner(shard(actor)))))
        .findFirst()
        .orElseThrow();
  }

  private Placement placement(ActorId actor) {
    return mesh.placement(Invocation.ask(actor, "add", Payload.NONE));
  }

  private Gate gate(ActorId actor) {
    return ((Placement.Here) placement(actor)).gate();
  }

  private static Gate.Entry enter(Gate gate, ActorId actor) {
    return gate.enter(Invocation.ask(actor, "add", Payload.NONE), () -> {});
  }

  private static Snapshot snapshot(ActorId actor, long revision) {
    return new Snapshot(
        actor, revision, Payload.of("text", new byte[] {(byte) revision}), Map.of());
  }

  // ---- F1 ----

  /**
   * #2 owns the shard in view 1, #2 or #3 in view 2, #1 in view 3, and #1 never heard of view 2. If
   * it asked the owner of the last view that it knows, or of the last that there was, it would miss
   * one that may hold the shard.
   */
  @Test
  void f1WhoSkippedAViewAsksEverybodyNotOnlyTheLastOwner() {
    join();
    raised(me, two);
    ActorId actor = actorOf(Map.of(List.of(me, two), two, List.of(me, three), me));
    store.goAway();
    raise(me.hosting(Map.of()), two, three);
    long view = raise(me, two.hosting(Map.of()), three);
    pass(Duration.ofSeconds(1));
    script.take();
    store.comeBack();
    pass(Duration.ofSeconds(1));
    assertThat(script.take()).contains("#2 v3 Claim", "#3 v3 Claim");
    says(two, view, clearedExcept());
    assertThat(gate(actor).isOpening()).isTrue();
    says(three, view, clearedExcept());
    assertThat(gate(actor).isOpen()).isTrue();
  }

  @Test
  void f1NoGateOpensBeforeEveryOtherMemberHasSpoken() {
    join();
    long view = raised(me, two, three);
    ActorId actor = actorOf(Map.of(List.of(me, two, three), me));
    assertThat(script.take()).containsExactlyInAnyOrder("#2 v1 Claim", "#3 v1 Claim");
    assertThat(gate(actor).isOpening()).isTrue();
    says(two, view, clearedExcept());
    assertThat(gate(actor).isOpening()).as("#3 has not spoken").isTrue();
    says(three, view, clearedExcept(shard(actor)));
    assertThat(gate(actor).isOpening()).as("#3 still holds it").isTrue();
    says(three, view, new PeerMessage.Released(shard(actor)));
    assertThat(gate(actor).isOpen()).isTrue();
  }

  // ---- F6 ----

  @Test
  void f6TheRowIsCommittedBeforeAnybodySeesTheNode() {
    store.goAway();
    CompletionStage<Incarnation> joined = join();
    assertThat(joined.toCompletableFuture()).isCompletedExceptionally();
    assertThat(client.observe().live()).doesNotContainKey(me.incarnation());
    store.comeBack();
    mesh.join(store.ledger(), 1, local);
    settle();
    assertThat(client.observe().live()).hasSize(2);
  }

  /** A leader could raise a view with it, and one without, before there is a row to be fenced. */
  @Test
  void f6NobodySeesTheNodeWhileItsRowIsNotThere() {
    List<Boolean> visible = new ArrayList<>();
    Runnable look =
        () -> {
          settle();
          visible.add(service.copy().visible().containsKey(client));
        };
    mesh.join(new PoorLedger(store.ledger(), look, view -> view), 1, local);
    settle();
    look.run();
    assertThat(visible).as("before its row is there, and after").containsExactly(false, true);
  }

  // ---- F7 ----

  @Test
  void f7AnAnswerToAnOlderClaimDoesNotCount() {
    join();
    raised(me, two);
    ActorId actor = actorOf(Map.of(List.of(me, two), me, List.of(me, two, three), me));
    long later = raised(me, two, three);
    says(three, later, clearedExcept());
    script.take();
    says(two, later - 1, clearedExcept());
    assertThat(gate(actor).isOpening()).isTrue();
    assertThat(script.take()).as("it is told").containsExactly("#2 v2 Published");
    says(two, later, clearedExcept());
    assertThat(gate(actor).isOpen()).isTrue();
  }

  @Test
  void f7WarmStatesOfACancelledAcquisitionAreNotUsed() {
    join();
    long first = raised(me, two, three);
    ActorId actor = actorOf(Map.of(List.of(me, two, three), me, List.of(me, two), me));
    says(two, first, new PeerMessage.Warm(shard(actor), List.of(snapshot(actor, 1))));
    says(two, first, clearedExcept());
    long second = raised(me, two);
    says(two, second, clearedExcept());
    assertThat(gate(actor).isOpen()).isTrue();
    assertThat(gate(actor).takeWarm(actor.name())).isNull();
  }

  @Test
  void warmStatesAreUsedOnce() {
    join();
    long view = raised(me, two);
    ActorId actor = actorOf(Map.of(List.of(me, two), me));
    says(two, view, clearedExcept(shard(actor)));
    Snapshot state = snapshot(actor, 4);
    says(two, view, new PeerMessage.Warm(shard(actor), List.of(state)));
    says(two, view, new PeerMessage.Released(shard(actor)));
    assertThat(gate(actor).takeWarm(actor.name())).isSameAs(state);
    assertThat(gate(actor).takeWarm(actor.name())).isNull();
  }

  // ---- F8 ----

  @Test
  void f8WhoIsAskedAdoptsTheViewBeforeItAnswers() {
    alone();
    ActorId actor = actorOf(Map.of(List.of(me, two), two));
    Gate gate = gate(actor);
    store.goAway();
    long view = raise(me, two);
    says(two, view, new PeerMessage.Claim());
    pass(Duration.ofSeconds(2));
    assertThat(script.take()).isEmpty();
    assertThat(gate.isOpen()).isTrue();
    store.comeBack();
    pass(Duration.ofSeconds(2));
    assertThat(gate.isOpen()).isFalse();
    assertThat(placement(actor)).isInstanceOf(Placement.At.class);
    assertThat(script.take()).contains("#2 v2 Released " + shard(actor).partition());
  }

  // ---- F9 ----

  /** Its last commit may land after it died; only the fence of the next view ends that. */
  @Test
  void f9WhoDiedHasNotAnsweredUntilItIsFenced() {
    join();
    long first = raised(me, two);
    says(two, first, clearedExcept());
    ActorId actor = actorOf(Map.of(List.of(me, two), two, List.of(me), me));
    raised(me, two.hosting(Map.of()));
    Gate gate = gate(actor);
    store.failRaises(FaultyStateStore.CommitFault.UNAVAILABLE);
    script.reaches.put(two.incarnation(), Reach.GONE);
    script.inbox().broken(two.incarnation(), Reach.GONE);
    settle();
    assertThat(gate.isOpening()).isTrue();
    pass(Duration.ofMillis(500));
    assertThat(stored.view().members()).containsExactly(me.incarnation());
    assertThat(gate.isOpen()).isTrue();
  }

  // ---- F10 ----

  @Test
  void f10NothingIsReleasedWhileSomebodyIsBehindTheGate() {
    alone();
    ActorId actor = actorOf(Map.of(List.of(me, two), two));
    Gate gate = gate(actor);
    assertThat(enter(gate, actor)).isEqualTo(Gate.Entry.IN);
    long view = raised(me, two);
    says(two, view, new PeerMessage.Claim());
    int partition = shard(actor).partition();
    assertThat(script.take()).contains("#2 v2 Cleared except [" + partition + "]");
    assertThat(enter(gate, actor)).isEqualTo(Gate.Entry.CLOSED);
    pass(Duration.ofMillis(500));
    gate.exit(snapshot(actor, 3));
    settle();
    assertThat(script.take())
        .containsSubsequence(
            "#2 v2 Warm %d [%s]".formatted(partition, actor.name()), "#2 v2 Released " + partition);
  }

  @Test
  void whatIsLostOnTheWayIsAskedForAgain() {
    join();
    raised(me, two);
    script.take();
    pass(Duration.ofMillis(1_500));
    assertThat(script.take()).containsExactly("#2 v1 Claim");
  }

  // ---- F12, F13 ----

  @Test
  void f12WhoIsAcquiringAnswersANewerClaimAtOnce() {
    join();
    raised(me, two);
    ActorId actor = actorOf(Map.of(List.of(me, two), me, List.of(me, two, three), three));
    Gate gate = gate(actor);
    long view = raise(me, two, three);
    script.take();
    says(three, view, new PeerMessage.Claim());
    assertThat(script.take()).contains("#3 v2 Cleared except []");
    assertThat(gate.isOpening()).as("the acquisition is cancelled").isFalse();
  }

  @Test
  void f12AShardThatComesBackWaitsForWhoIsStillBehindTheOldGate() {
    alone();
    ActorId actor = actorOf(Map.of(List.of(me, two), two));
    Gate before = gate(actor);
    enter(before, actor);
    raised(me, two);
    long back = raised(me, two.hosting(Map.of()));
    says(two, back, clearedExcept());
    Gate now = gate(actor);
    assertThat(now.isOpening()).isTrue();
    before.exit(snapshot(actor, 2));
    settle();
    assertThat(now.isOpen()).isTrue();
    assertThat(now.takeWarm(actor.name())).as("others may have had it, so it is loaded").isNull();
  }

  @Test
  void f13OneShardThatWaitsHoldsUpNoOther() {
    join();
    long view = raised(me, two);
    List<ActorId> mine =
        IntStream.range(0, 200)
            .mapToObj(i -> new ActorId(CART, "c" + i))
            .filter(actor -> placement(actor) instanceof Placement.Here)
            .toList();
    ActorId held = mine.getFirst();
    ActorId free =
        mine.stream().filter(actor -> !shard(actor).equals(shard(held))).findFirst().orElseThrow();
    says(two, view, clearedExcept(shard(held)));
    assertThat(gate(free).isOpen()).isTrue();
    assertThat(gate(held).isOpening()).isTrue();
  }

  // ---- F11 ----

  /** #3 was stopped in the middle of a commit; its row is locked until the database ends that. */
  @Test
  void f11AFenceThatWaitsForAStoppedCommitIsTriedUntilItPasses() {
    leading();
    FaultyStateStore.CommitFault[] lockedFor = new FaultyStateStore.CommitFault[8];
    Arrays.fill(lockedFor, FaultyStateStore.CommitFault.UNAVAILABLE);
    store.failRaises(lockedFor);
    script.reaches.put(three.incarnation(), Reach.GONE);
    script.inbox().broken(three.incarnation(), Reach.GONE);
    settle();
    assertThat(stored.view().members()).hasSize(3);
    pass(Duration.ofSeconds(3));
    assertThat(stored.view().members())
        .containsExactlyInAnyOrder(me.incarnation(), two.incarnation());
  }

  // ---- calls that come from behind a gate ----

  /** A call of this actor, which an actor of the same shard waits for. */
  private static Invocation nested(ActorId actor) {
    ActorId waiting =
        IntStream.range(20_000, 30_000)
            .mapToObj(i -> new ActorId(CART, "c" + i))
            .filter(other -> shard(other).equals(shard(actor)))
            .findFirst()
            .orElseThrow();
    return new Invocation(
        actor,
        "add",
        Payload.NONE,
        Invocation.Mode.ASK,
        Invocation.NO_DEADLINE,
        null,
        new CallChain(waiting, "add", null),
        Map.of(),
        0);
  }

  @Test
  void aCallThatTheFormerOwnerWaitsForIsSentToIt() {
    join();
    long view = raised(me, two);
    ActorId actor = actorOf(Map.of(List.of(me, two), me));
    Gate gate = gate(actor);
    List<String> sentOn = new ArrayList<>();
    gate.enter(nested(actor), () -> sentOn.add("nested"));
    gate.enter(Invocation.ask(actor, "add", Payload.NONE), () -> sentOn.add("other"));
    says(two, view, clearedExcept(shard(actor)));
    assertThat(sentOn).containsExactly("nested");
    assertThat(mesh.placement(nested(actor))).isInstanceOf(Placement.At.class);
    assertThat(gate(actor).isOpening()).as("nobody else may go there").isTrue();
    says(two, view, new PeerMessage.Released(shard(actor)));
    assertThat(sentOn).containsExactly("nested", "other");
    assertThat(mesh.placement(nested(actor))).isEqualTo(new Placement.Here(gate));
  }

  @Test
  void aCallThatTheOldGateOfAShardThatCameBackWaitsForGoesThrough() {
    alone();
    ActorId actor = actorOf(Map.of(List.of(me, two), two));
    Gate before = gate(actor);
    enter(before, actor);
    raised(me, two);
    long back = raised(me, two.hosting(Map.of()));
    says(two, back, clearedExcept());
    assertThat(mesh.placement(nested(actor))).isEqualTo(new Placement.Here(before));
    assertThat(gate(actor).isOpening()).isTrue();
  }

  // ---- F14 and leadership ----

  @Test
  void f14WhoIsThereButNeverAnswersIsEvicted() {
    leading();
    long view = raised(me, two, three);
    says(two, view, clearedExcept());
    pass(Duration.ofSeconds(11));
    assertThat(stored.view().members())
        .containsExactlyInAnyOrder(me.incarnation(), two.incarnation());
  }

  /** #1 leads; #2 and #3 are visible. */
  private void leading() {
    mesh.host(Map.of(CART, Offer.of(Kind.UNNAMED)));
    mesh.join(store.ledger(), 1, local);
    settle();
    stored.register("n2", 1);
    stored.register("n3", 1);
    for (Member other : List.of(two, three)) {
      SimulatedMembership.Client visible = service.client(threads, timers);
      visible.start(() -> {});
      visible.announce(other);
    }
    leader.start(() -> {}); // only publishes
    settle();
    pass(Duration.ofMillis(500));
    script.take();
  }

  @Test
  void theLeaderEvictsWhoIsGoneAtOnce() {
    leading();
    assertThat(stored.view().members()).hasSize(3);
    script.reaches.put(three.incarnation(), Reach.GONE);
    script.inbox().broken(three.incarnation(), Reach.GONE);
    settle();
    assertThat(stored.view().members())
        .containsExactlyInAnyOrder(me.incarnation(), two.incarnation());
  }

  @Test
  void whoCannotReachTheMajorityEvictsNobody() {
    leading();
    for (Member other : List.of(two, three)) {
      script.reaches.put(other.incarnation(), Reach.SILENT);
      script.inbox().broken(other.incarnation(), Reach.SILENT);
    }
    pass(Duration.ofSeconds(8));
    assertThat(stored.view().members()).hasSize(3);
  }

  @Test
  void whoIsSilentForTooLongIsEvictedByWhoHearsTheOthers() {
    leading();
    script.reaches.put(three.incarnation(), Reach.SILENT);
    script.inbox().broken(three.incarnation(), Reach.SILENT);
    pass(Duration.ofMillis(2_500));
    assertThat(stored.view().members()).hasSize(3);
    pass(Duration.ofMillis(1_000));
    assertThat(stored.view().members())
        .containsExactlyInAnyOrder(me.incarnation(), two.incarnation());
  }

  @Test
  void theOldestSurvivorActsForADeadLeaderAtOnce() {
    join();
    SimulatedMembership.Client second = service.client(threads, timers);
    second.start(() -> {});
    leader.announce(two); // leads, until its session ends
    second.announce(three);
    raised(me, two, three);
    script.reaches.put(two.incarnation(), Reach.GONE);
    script.inbox().broken(two.incarnation(), Reach.GONE);
    settle();
    assertThat(stored.view().members())
        .containsExactlyInAnyOrder(me.incarnation(), three.incarnation());
  }

  @Test
  void aServiceThatForgetsEverythingCostsNobodyItsPlace() {
    leading();
    service.wipe();
    settle();
    pass(Duration.ofSeconds(3));
    assertThat(stored.view().members()).hasSize(3);
  }

  @Test
  void reportsEvictNobodyThatTheLeaderReaches() {
    leading();
    says(two, stored.view().number(), new PeerMessage.Suspected(three.incarnation()));
    says(three, stored.view().number(), clearedExcept());
    says(two, stored.view().number(), clearedExcept());
    pass(Duration.ofSeconds(5));
    assertThat(stored.view().members()).hasSize(3);
  }

  // ---- placement ----

  @Test
  void whatIsPinnedHereIsOfferedSoButForTypesWithoutOwners() {
    ActorType prices = new ActorType("shop", "Prices");
    Mesh pinning =
        new Mesh(
            MeshSettings.of("me").withPartitions(PARTITIONS).withPinned(Set.of("Cart", "Prices")),
            client,
            script,
            timers,
            threads);
    pinning.host(Map.of(CART, Offer.of(Kind.UNNAMED), prices, Offer.of(Kind.POOLED)));
    pinning.join(store.ledger(), 1, local);
    settle();
    assertThat(client.observe().live().get(me.incarnation()).hosted())
        .containsEntry(CART, new Offer(Kind.UNNAMED, Member.Placing.PINNED, false))
        .containsEntry(prices, Offer.of(Kind.POOLED));
  }

  // ---- views ----

  @Test
  void r5AnOlderViewIsNotTaken() {
    alone();
    ActorId actor = actorOf(Map.of(List.of(me, two), two));
    long view = raised(me, two);
    says(two, view, new PeerMessage.Claim());
    script.take();
    says(two, view - 1, new PeerMessage.Claim());
    assertThat(script.take()).containsExactly("#2 v2 Published");
    assertThat(placement(actor)).isInstanceOf(Placement.At.class);
  }

  /** Node #1 waits for a view with it, and node #2 has its row. */
  private PoorLedger joinedPoorly(UnaryOperator<View> read) {
    PoorLedger ledger = new PoorLedger(store.ledger(), () -> {}, read);
    leader.start(() -> {});
    leader.announce(member(9));
    mesh.host(Map.of(CART, Offer.of(Kind.UNNAMED)));
    mesh.join(ledger, 1, local);
    settle();
    stored.register("n2", 1);
    return ledger;
  }

  /** The answer to an older question comes late, or from a replica that lags behind. */
  @Test
  void r5AnOlderViewThatIsReadIsNotTaken() {
    List<View> behind = new ArrayList<>();
    joinedPoorly(view -> behind.isEmpty() ? view : behind.getFirst());
    raised(me);
    View old = stored.view();
    long view = raised(me, two);
    behind.add(old);
    pass(Duration.ofSeconds(3));
    assertThat(mesh.status().view()).isEqualTo(view);
    assertThat(mesh.members()).hasSize(2);
  }

  @Test
  void whatIsKnownOfAViewIsNotReadAgain() {
    PoorLedger ledger = joinedPoorly(view -> view);
    raised(me);
    pass(Duration.ofSeconds(1));
    ledger.known.clear();
    pass(Duration.ofSeconds(2));
    assertThat(ledger.known).isNotEmpty().containsOnly(1L);
    raise(me, two);
    says(two, 1, new PeerMessage.Raised(stored.view()));
    ledger.known.clear();
    pass(Duration.ofSeconds(2));
    assertThat(ledger.known).as("though it was told").isNotEmpty().containsOnly(2L);
    assertThat(mesh.mayAnswer()).isTrue();
  }

  /** Somebody has put back an older database, which has come to the same number with others. */
  @Test
  void r20NoLeaseCountsFromAnotherViewOfTheSameNumber() {
    List<View> other = new ArrayList<>();
    joinedPoorly(view -> other.isEmpty() ? view : other.getFirst());
    raised(me);
    client.cut(true);
    pass(Duration.ofSeconds(6));
    assertThat(mesh.mayAnswer()).isTrue();
    String details = Roster.of(1, PARTITIONS, List.of(two)).details();
    other.add(new View(1, Set.of(two.incarnation()), details));
    pass(Duration.ofSeconds(6));
    assertThat(mesh.mayAnswer()).isFalse();
  }

  @Test
  void whoIsStoppedWhileItJoinsIsToldSo() {
    CompletionStage<Incarnation> joined = join();
    mesh.leave();
    settle();
    assertThat(joined.toCompletableFuture().exceptionNow())
        .hasMessageContaining("was stopped before it was taken into the mesh");
    raise(me);
    pass(Duration.ofSeconds(2));
    assertThat(mesh.isJoined()).isFalse();
    assertThat(local.events).isEmpty();
  }

  @Test
  void whoIsStoppedWhileItResignsWaitsForNobody() {
    join();
    raised(me, two);
    CompletionStage<?> resigned = mesh.resign();
    settle();
    assertThat(resigned.toCompletableFuture()).isNotDone();
    mesh.leave();
    settle();
    assertThat(resigned.toCompletableFuture()).isDone();
  }

  @Test
  void whoResignsHostsNothingAnyMore() {
    join();
    raised(me, two);
    CompletionStage<?> resigned = mesh.resign();
    mesh.host(Map.of(CART, Offer.of(Kind.UNNAMED)));
    settle();
    assertThat(client.observe().live()).containsEntry(me.incarnation(), me.hosting(Map.of()));
    assertThat(resigned.toCompletableFuture()).isNotDone();
    raised(two);
    assertThat(resigned.toCompletableFuture()).as("it has nothing any more").isDone();
  }

  /** It never heard of the view that had it, and only the store knows. */
  @Test
  void whoWasInAndOutBeforeItKnewIsToldSoAndMayComeAgain() {
    CompletionStage<Incarnation> joined = join();
    store.goAway();
    raise(me);
    raise(two);
    store.comeBack();
    leader.leave();
    pass(Duration.ofSeconds(2));
    assertThat(joined.toCompletableFuture().exceptionNow())
        .hasMessageContaining("out of it before it knew");
    assertThat(service.copy().visible()).doesNotContainKey(client);

    leader.announce(member(9));
    CompletionStage<Incarnation> again = mesh.join(store.ledger(), 1, local);
    pass(Duration.ofSeconds(29));
    assertThat(again.toCompletableFuture()).as("the first patience is over").isNotDone();
    pass(Duration.ofSeconds(2));
    assertThat(again.toCompletableFuture().exceptionNow())
        .hasMessageContaining("has not raised a view with it");
    assertThat(service.copy().visible()).doesNotContainKey(client);
  }

  // ---- views that are told ----

  @Test
  void aViewThatAPeerTellsIsTakenWithoutReadingIt() {
    alone();
    ActorId actor = actorOf(Map.of(List.of(me, two), two));
    store.goAway();
    raise(me, two);
    says(two, 1, new PeerMessage.Raised(stored.view()));
    assertThat(placement(actor)).isInstanceOf(Placement.At.class);
    assertThat(script.take()).containsExactly("#2 v2 Claim");
  }

  @Test
  void whatWaitsForAViewGoesOnWhenItIsTold() {
    alone();
    store.goAway();
    long view = raise(me, two);
    CompletableFuture<PeerAnswer> waiting = called(two, view);
    assertThat(waiting).isNotDone();
    says(two, 1, new PeerMessage.Raised(stored.view()));
    assertThat(waiting).isDone();
  }

  @Test
  void r5AnOlderViewThatIsToldIsNotTaken() {
    alone();
    View old = stored.view();
    long view = raised(me, two);
    script.take();
    says(two, view, new PeerMessage.Raised(old));
    assertThat(mesh.status().view()).isEqualTo(view);
    assertThat(script.take()).isEmpty();
  }

  /** Nobody knows how long ago the view was raised, and whether it still is the last one. */
  @Test
  void r20NoLeaseCountsFromAViewThatIsTold() {
    alone();
    pass(Duration.ofSeconds(2));
    store.goAway();
    client.cut(true);
    pass(Duration.ofMillis(3_500));
    raise(me, two);
    says(two, 1, new PeerMessage.Raised(stored.view()));
    assertThat(mesh.status().view()).isEqualTo(2);
    assertThat(mesh.mayAnswer()).isTrue();
    pass(Duration.ofMillis(2_000));
    assertThat(mesh.mayAnswer()).isFalse();
  }

  @Test
  void whoIsNoMemberYetReadsTheViewThatItIsTold() {
    join();
    raise(me, two);
    store.goAway();
    says(two, 1, new PeerMessage.Raised(stored.view()));
    assertThat(mesh.isJoined()).as("it has no lease, so it may not answer yet").isFalse();
    store.comeBack();
    says(two, 1, new PeerMessage.Raised(stored.view()));
    assertThat(mesh.isJoined()).isTrue();
    assertThat(mesh.mayAnswer()).isTrue();
  }

  @Test
  void whoIsToldAViewWithoutItIsOut() {
    alone();
    store.goAway();
    raise(two);
    says(two, 1, new PeerMessage.Raised(stored.view()));
    assertThat(local.events).containsExactly("joined #1", "fenced #1");
  }

  /** The view has what it hosted when the view was proposed. */
  @Test
  void whoRaisesAViewWhileItChangesWhatItHostsDoesNotTellItself() {
    leading();
    script.reaches.put(three.incarnation(), Reach.GONE);
    script.inbox().broken(three.incarnation(), Reach.GONE);
    mesh.host(Map.of());
    settle();
    assertThat(script.take())
        .anyMatch(sent -> sent.startsWith("#2 ") && sent.endsWith(" Raised"))
        .noneMatch(sent -> sent.startsWith("#1 "));
  }

  /** First of all: until they know it, those that lose a shard do not let go of it. */
  @Test
  void whoRaisesAViewTellsItBeforeItTakesIt() {
    leading();
    long before = stored.view().number();
    script.reaches.put(three.incarnation(), Reach.GONE);
    script.inbox().broken(three.incarnation(), Reach.GONE);
    settle();
    assertThat(script.take())
        .containsSubsequence(
            "#2 v%d Raised".formatted(before), "#2 v%d Claim".formatted(before + 1))
        .doesNotContain("#3 v%d Raised".formatted(before));
  }

  @Test
  void whoIsNotInTheViewIsOut() {
    alone();
    Gate gate = gate(actorOf(Map.of(List.of(me), me)));
    raised(two);
    assertThat(local.events).containsExactly("joined #1", "fenced #1");
    assertThat(gate.isOpen()).isFalse();
    assertThat(mesh.isJoined()).isFalse();
    assertThat(mesh.mayAnswer()).isFalse();
  }

  /**
   * #1 was taken in when it could not read that, and has given up. Whoever learned of the view
   * calls it, and would wait for ever, and never finish draining, if #1 waited for a view it never
   * reads.
   */
  @Test
  void whoGaveUpJoiningSendsBackCallsOfAViewThatHasIt() {
    CompletionStage<Incarnation> joined = join();
    store.goAway();
    long view = raise(me, two);
    CompletableFuture<PeerAnswer> before = called(two, view);
    assertThat(before).isNotDone();
    pass(Duration.ofSeconds(31));
    assertThat(joined.toCompletableFuture()).isCompletedExceptionally();
    assertThat(before).isCompletedWithValue(new PeerAnswer.Moved(0));
    assertThat(called(two, view)).isCompletedWithValue(new PeerAnswer.Moved(0));
  }

  @Test
  void whoIsFencedSendsBackCallsThatWaitForALaterView() {
    alone();
    store.goAway();
    long without = raise(two);
    CompletableFuture<PeerAnswer> waiting = called(two, without + 1);
    assertThat(waiting).isNotDone();
    store.comeBack();
    pass(Duration.ofSeconds(2));
    assertThat(local.events).contains("fenced #1");
    assertThat(waiting).isCompletedWithValue(new PeerAnswer.Moved(0));
  }

  private CompletableFuture<PeerAnswer> called(Member from, long view) {
    Invocation invocation = Invocation.ask(new ActorId(CART, "c1"), "add", Payload.NONE);
    CompletionStage<PeerAnswer> answer =
        script.inbox().invoked(from.incarnation(), view, invocation);
    settle();
    return answer.toCompletableFuture();
  }

  @Test
  void r20WhoHearsOfNothingStopsAnsweringWhenItsLeaseEnds() {
    alone();
    pass(Duration.ofSeconds(2));
    store.goAway();
    client.cut(true);
    pass(Duration.ofMillis(3_500));
    assertThat(mesh.mayAnswer()).isTrue();
    pass(Duration.ofMillis(2_000));
    assertThat(mesh.mayAnswer()).isFalse();
    assertThat(placement(new ActorId(CART, "c1"))).isInstanceOf(Placement.Nowhere.class);
    store.comeBack();
    pass(Duration.ofMillis(1_500));
    assertThat(mesh.mayAnswer()).isTrue();
  }

  @Test
  void aMeshDoesNotBeginWhereANodeRunsAlone() {
    try (Ledger.StandaloneLock alone = stored.lockStandalone(Duration.ZERO)) {
      assertThat(alone.isHeld()).isTrue();
      mesh.host(Map.of(CART, Offer.of(Kind.UNNAMED)));
      CompletionStage<Incarnation> joined = mesh.join(store.ledger(), 1, local);
      pass(Duration.ofSeconds(31));
      assertThat(stored.view().number()).isZero();
      assertThat(joined.toCompletableFuture().exceptionNow())
          .hasMessageContaining("could not raise a view: Another standalone node");
    }
    CompletionStage<Incarnation> again = mesh.join(store.ledger(), 1, local);
    settle();
    assertThat(again).isCompleted();
  }

  @Test
  void whoIsInAMeshThatIsCutAnewLeavesIt() {
    alone();
    stored.raise(
        stored.view(),
        Set.of(me.incarnation()),
        Roster.of(0, PARTITIONS * 2, List.of(me)).details());
    pass(Duration.ofSeconds(2));
    assertThat(local.events).contains("fenced #1");
    assertThat(service.copy().visible()).doesNotContainKey(client);
  }

  @Test
  void aMeshThatIsCutDifferentlyIsNotJoined() {
    stored.register("old", 1);
    stored.raise(
        stored.view(),
        Set.of(new Incarnation(1)),
        Roster.of(0, PARTITIONS * 2, List.of(member(1))).details());
    CompletionStage<Incarnation> joined = join();
    pass(Duration.ofSeconds(2));
    try {
      joined.toCompletableFuture().join();
      throw new AssertionError("it joined");
    } catch (CompletionException e) {
      Failure failure = ((SpawnException) java.util.Objects.requireNonNull(e.getCause())).failure();
      assertThat(failure.code()).isEqualTo(FailureCode.INVALID_DECLARATION);
      assertThat(failure.message()).contains("32 partitions").contains("configured for 16");
    }
  }
}
