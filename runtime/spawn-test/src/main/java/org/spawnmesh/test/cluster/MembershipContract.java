package org.spawnmesh.test.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.Member.Offer;
import org.spawnmesh.cluster.Member.Placing;
import org.spawnmesh.cluster.Membership;
import org.spawnmesh.cluster.Membership.MembershipUnavailableException;
import org.spawnmesh.cluster.Membership.Observation;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.time.SystemTimers;
import org.spawnmesh.time.Timers;

/**
 * What {@link Membership} promises, as tests. Extend it in the tests of an implementation,
 * implement {@link #open}, and the hooks that do to the service what the world does to it.
 *
 * <p>Each test works in an actor system of its own, so a shared service needs no cleaning up.
 * Nothing is polled but the contact: a node waits to be told, so whoever forgets to tell fails.
 */
public abstract class MembershipContract {

  /**
   * How long something may take that is bound to happen: the service's session timeout and more.
   */
  protected static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final AtomicLong LIVES = new AtomicLong(100);

  /** The actor system of the running test. */
  protected String system = "";

  private final List<ListeningNode> nodes = new ArrayList<>();
  private SystemTimers timers;
  private ExecutorService threads;

  @SuppressWarnings("NullAway.Init") // JUnit calls prepare before each test
  protected MembershipContract() {}

  /** What one process has, not started: called again, it is another process's. */
  protected abstract Membership open(String actorSystem, Timers time) throws Exception;

  /** The service cannot be reached by anybody, until {@link #comeBack}. It keeps what it knows. */
  protected abstract void goAway() throws Exception;

  /** Undoes {@link #goAway}. */
  protected abstract void comeBack() throws Exception;

  /** The service forgets everything, and can be reached when this returns. */
  protected abstract void wipe() throws Exception;

  /** The service takes this node for dead while the node lives, and connects again. */
  protected abstract void expire(Membership node) throws Exception;

  /** The node's process dies: it does not leave, and never does anything again. */
  protected abstract void kill(Membership node) throws Exception;

  @BeforeEach
  final void prepare() {
    system = "contract-" + UUID.randomUUID();
    timers = new SystemTimers(Thread.ofPlatform().name("timers").daemon().factory());
    threads = Executors.newVirtualThreadPerTaskExecutor();
  }

  @AfterEach
  final void closeNodes() {
    nodes.forEach(ListeningNode::close);
    nodes.clear();
    threads.shutdownNow();
    timers.close();
  }

  /** A process that has started, and is not announced. */
  protected final ListeningNode node() throws Exception {
    return node(system);
  }

  private ListeningNode node(String actorSystem) throws Exception {
    return start(open(actorSystem, timers), life(actorSystem));
  }

  /** A process that has started, and is closed after the test. */
  protected final ListeningNode start(Membership membership, Member self) {
    var node = new ListeningNode(membership, self, PATIENCE);
    nodes.add(node);
    node.start();
    return node;
  }

  /** A process that is announced, and sees itself. */
  protected final ListeningNode member() throws Exception {
    ListeningNode node = node();
    node.announceAtLast();
    return node;
  }

  /** Time as it passes, for nodes that the test opens itself. */
  protected final Timers realTime() {
    return timers;
  }

  /** Somebody new. */
  protected final Member life() {
    return life(system);
  }

  private static Member life(String actorSystem) {
    long number = LIVES.incrementAndGet();
    return new Member(
        new Incarnation(number),
        "node " + number,
        "10.0.0.1:9010",
        "1.0",
        Map.of(new ActorType(actorSystem, "Cart"), Offer.of(Kind.UNNAMED)));
  }

  // Members

  @Test
  void whoeverIsAloneSeesItselfAndLeads() throws Exception {
    ListeningNode a = member();
    a.sees(a.self());
    a.leads();
    a.knowsLeader(a);
    assertThat(a.observe().view()).isZero();
  }

  @Test
  void nothingIsKnownBeforeTheStart() throws Exception {
    try (Membership unborn = open(system, timers)) {
      assertThat(unborn.observe()).isEqualTo(Observation.NOTHING);
    }
  }

  @Test
  void whoeverIsNotAnnouncedSeesTheOthersAndNeverLeads() throws Exception {
    ListeningNode watcher = node();
    ListeningNode a = member();
    watcher.sees(a.self());
    watcher.knowsLeader(a);
    a.membership().leave();
    watcher.sees();
    watcher.await("nobody leads", now -> now.leader() == null);
    assertThat(watcher.observe().leading()).isFalse();
  }

  @Test
  void nodesSeeEachOtherAndOneLeads() throws Exception {
    ListeningNode a = member();
    a.leads();
    ListeningNode b = member();
    ListeningNode c = member();
    for (ListeningNode node : List.of(a, b, c)) {
      node.sees(a.self(), b.self(), c.self());
      node.knowsLeader(a);
    }
    assertThat(b.observe().leading()).isFalse();
    assertThat(c.observe().leading()).isFalse();
  }

  @Test
  void systemsAreApart() throws Exception {
    ListeningNode a = member();
    ListeningNode other = node("ä %2E. " + UUID.randomUUID());
    other.announce();
    other.sees(other.self());
    other.leads();
    other.membership().publish(7);
    other.knowsView(7);
    a.sees(a.self());
    a.leads();
    assertThat(a.observe().view()).isZero();
  }

  @Test
  void otherTypesReplaceTheFormer() throws Exception {
    ListeningNode a = member();
    ListeningNode b = member();
    a.leads();
    b.sees(a.self(), b.self());
    a.announce(a.self().hosting(Map.of(new ActorType(system, "Stock"), Offer.of(Kind.POOLED))));
    b.sees(a.self(), b.self());
    a.announce(a.self().hosting(Map.of()));
    b.sees(a.self(), b.self());
    a.sees(a.self(), b.self());
    assertThat(a.observe().leading()).describedAs("the same life still leads").isTrue();
  }

  @Test
  void anotherLifeReplacesTheFormer() throws Exception {
    ListeningNode a = member();
    a.leads();
    ListeningNode b = member();
    Member former = a.self();
    a.announce(life());
    b.await("the former life is gone", now -> !now.live().containsKey(former.incarnation()));
    b.sees(a.self(), b.self());
    a.sees(a.self(), b.self());
    b.leads();
    a.knowsLeader(b);
    assertThat(a.observe().leading()).describedAs("it stands at the end of the line").isFalse();
  }

  @Test
  void whoLeavesIsInvisibleAndDoesNotLead() throws Exception {
    ListeningNode a = member();
    a.leads();
    ListeningNode b = member();
    a.sees(a.self(), b.self());
    a.membership().leave();
    assertThat(a.observe().leading()).describedAs("at once").isFalse();
    b.sees(b.self());
    b.leads();
    a.sees(b.self());
    a.knowsLeader(b);
    assertThatNoException().isThrownBy(a.membership()::leave);
  }

  @Test
  void whoLeftComesBackWhenItIsAnnounced() throws Exception {
    ListeningNode a = member();
    ListeningNode b = member();
    a.membership().leave();
    b.sees(b.self());
    a.announce();
    b.sees(a.self(), b.self());
  }

  @Test
  void whoClosesIsGoneForTheOthers() throws Exception {
    ListeningNode a = member();
    a.leads();
    ListeningNode b = member();
    a.close();
    assertThat(a.observe().leading()).isFalse();
    b.sees(b.self());
    b.leads();
    assertThatNoException().isThrownBy(a::close);
  }

  @Test
  void whenTheLeaderDiesAnotherLeads() throws Exception {
    ListeningNode a = member();
    a.leads();
    ListeningNode b = member();
    ListeningNode c = member();
    b.knowsLeader(a);
    kill(a.membership());
    b.await("a is gone", now -> !now.live().containsKey(a.self().incarnation()));
    Incarnation heirs = b.await("b or c leads", now -> isOneOf(now.leader(), b, c)).leader();
    ListeningNode heir = b.self().incarnation().equals(heirs) ? b : c;
    heir.leads();
    b.knowsLeader(heir);
    c.knowsLeader(heir);
    b.sees(b.self(), c.self());
    c.sees(b.self(), c.self());
  }

  private static boolean isOneOf(@Nullable Incarnation leader, ListeningNode... nodes) {
    return Stream.of(nodes).anyMatch(node -> node.self().incarnation().equals(leader));
  }

  // The view

  @Test
  void everybodyHearsOfAPublishedView() throws Exception {
    ListeningNode a = member();
    ListeningNode b = member();
    ListeningNode watcher = node();
    a.membership().publish(1);
    assertThat(a.observe().view()).describedAs("who published knows").isEqualTo(1);
    b.membership().publish(2);
    for (ListeningNode node : List.of(a, b, watcher)) {
      node.knowsView(2);
    }
    node().knowsView(2);
  }

  @Test
  void anOlderViewIsNotHeardOf() throws Exception {
    ListeningNode a = member();
    a.membership().publish(6);
    a.membership().publish(5);
    node().knowsView(6);
    a.knowsView(6);
  }

  @Test
  void ofManyWhoPublishTheGreatestWins() throws Exception {
    ListeningNode a = member();
    ListeningNode b = member();
    // There is a number already, so that all compare with it and then write, the greatest first.
    a.membership().publish(1);
    var all =
        LongStream.rangeClosed(2, 41)
            .mapToObj(
                number ->
                    threads.submit(
                        () -> (number % 2 == 0 ? a : b).membership().publish(43 - number)))
            .toList();
    for (var each : all) {
      each.get();
    }
    node().knowsView(41);
    a.knowsView(41);
  }

  // The service goes away

  @Test
  void startsWhileTheServiceIsAway() throws Exception {
    goAway();
    ListeningNode a = node();
    assertThat(a.observe()).isEqualTo(Observation.NOTHING);
    assertThatExceptionOfType(MembershipUnavailableException.class).isThrownBy(a::announce);
    comeBack();
    a.sees(a.self());
    a.leads();
    a.isInContact(timers);
  }

  @Test
  void whatWasKnownStaysKnownWhileTheServiceIsAway() throws Exception {
    ListeningNode a = member();
    a.leads();
    ListeningNode b = member();
    a.membership().publish(3);
    a.knowsView(3);
    a.sees(a.self(), b.self());
    b.sees(a.self(), b.self());
    goAway();
    a.doesNotLead();
    assertThat(a.observe().live()).hasSize(2);
    assertThat(a.observe().view()).isEqualTo(3);
    assertThatExceptionOfType(MembershipUnavailableException.class)
        .isThrownBy(() -> a.membership().publish(4));
    comeBack();
    a.sees(a.self(), b.self());
    b.sees(a.self(), b.self());
    a.publishesAtLast(5);
    b.knowsView(5);
  }

  @Test
  void whatIsWishedWhileTheServiceIsAwayIsDoneWhenItIsBack() throws Exception {
    ListeningNode a = member();
    ListeningNode b = member();
    ListeningNode c = member();
    c.sees(a.self(), b.self(), c.self());
    goAway();
    a.doesNotLead();
    Member next =
        a.self()
            .hosting(
                Map.of(
                    new ActorType(system, "Stock"), new Offer(Kind.UNNAMED, Placing.PINNED, true)));
    assertThatExceptionOfType(MembershipUnavailableException.class)
        .isThrownBy(() -> a.announce(next));
    b.membership().leave();
    comeBack();
    c.sees(next, c.self());
    b.sees(next, c.self());
  }

  @Test
  void anotherLifeThatIsWishedWhileTheServiceIsAwayReplacesTheFormer() throws Exception {
    ListeningNode a = member();
    ListeningNode b = member();
    a.leads();
    goAway();
    a.doesNotLead();
    assertThatExceptionOfType(MembershipUnavailableException.class)
        .isThrownBy(() -> a.announce(life()));
    comeBack();
    b.sees(a.self(), b.self());
  }

  @Test
  void theContactIsFreshUnlessTheServiceIsAway() throws Exception {
    ListeningNode a = member();
    a.isInContact(timers);
    a.isInContact(timers);
    a.leads();
    goAway();
    a.doesNotLead();
    long away = timers.nanoTime();
    comeBack();
    a.isInContact(timers);
    assertThat(a.observe().contact()).isGreaterThan(away);
  }

  // The service forgets

  @Test
  void whenTheServiceForgotEverythingEverybodyIsAnnouncedAgain() throws Exception {
    ListeningNode a = member();
    ListeningNode b = member();
    a.membership().publish(9);
    b.knowsView(9);
    wipe();
    ListeningNode fresh = member();
    for (ListeningNode node : List.of(a, b, fresh)) {
      node.sees(a.self(), b.self(), fresh.self());
      node.knowsALeader();
    }
    assertThat(a.observe().view()).describedAs("it never goes back").isEqualTo(9);
    assertThat(b.observe().view()).describedAs("it never goes back").isEqualTo(9);
    a.publishesAtLast(10);
    fresh.knowsView(10);
    b.knowsView(10);
  }

  @Test
  void aNodeThatIsTakenForDeadIsAnnouncedAgain() throws Exception {
    ListeningNode a = member();
    a.leads();
    ListeningNode b = member();
    b.sees(a.self(), b.self());
    expire(a.membership());
    a.doesNotLead();
    b.leads();
    a.knowsLeader(b);
    b.sees(a.self(), b.self());
    a.sees(a.self(), b.self());
    a.announce(a.self().hosting(Map.of()));
    b.sees(a.self(), b.self());
  }

  @Test
  void whoLeftIsNotAnnouncedAgain() throws Exception {
    ListeningNode a = member();
    ListeningNode b = member();
    a.membership().leave();
    b.sees(b.self());
    expire(a.membership());
    ListeningNode c = member();
    a.sees(b.self(), c.self());
    a.isInContact(timers);
    b.sees(b.self(), c.self());
  }
}
