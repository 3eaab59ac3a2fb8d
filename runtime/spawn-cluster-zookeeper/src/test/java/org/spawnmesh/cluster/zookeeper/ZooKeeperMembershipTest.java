package org.spawnmesh.cluster.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.spawnmesh.test.cluster.ListeningNode.eventually;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryOneTime;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.NoAuthException;
import org.apache.zookeeper.Watcher.WatcherType;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.Member.Offer;
import org.spawnmesh.cluster.Membership;
import org.spawnmesh.cluster.Membership.MembershipUnavailableException;
import org.spawnmesh.test.VirtualTimers;
import org.spawnmesh.test.cluster.ListeningNode;
import org.spawnmesh.test.cluster.MembershipContract;
import org.spawnmesh.time.Timers;

/** The contract on one real server, and what only ZooKeeper can do to it. */
class ZooKeeperMembershipTest extends MembershipContract {

  private static final Duration SESSION = Duration.ofMillis(1500);

  @TempDir static Path directory;

  private static Server server;

  private CuratorFramework operator;

  @BeforeAll
  static void startServer() throws Exception {
    server = new Server(directory);
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  @BeforeEach
  void startOperator() throws Exception {
    server.startIfStopped();
    operator =
        CuratorFrameworkFactory.newClient(server.connect(), 10_000, 5_000, new RetryOneTime(100));
    operator.start();
  }

  @AfterEach
  void stopOperator() {
    operator.close();
  }

  private static ZooKeeperSettings settings() {
    return ZooKeeperSettings.of(server.connect()).timeouts(SESSION, Duration.ofSeconds(1));
  }

  private static ZooKeeperMembership membership(
      String system, ZooKeeperSettings settings, Timers timers) {
    return new ZooKeeperMembership(
        system, settings, timers, Thread.ofPlatform().name("reader").daemon().factory());
  }

  private ListeningNode member(ZooKeeperSettings settings, Timers timers) throws Exception {
    ListeningNode node = start(membership(system, settings, timers), life());
    node.announceAtLast();
    return node;
  }

  private static CuratorFramework client(ListeningNode node) {
    return ((ZooKeeperMembership) node.membership()).client();
  }

  private String path(String name) {
    return "/spawn/" + system + "/" + name;
  }

  private String path(Member member) {
    return path("members/" + member.incarnation().number());
  }

  @Override
  protected Membership open(String actorSystem, Timers timers) {
    return membership(actorSystem, settings(), timers);
  }

  @Override
  protected void goAway() throws Exception {
    server.stop();
  }

  @Override
  protected void comeBack() throws Exception {
    server.start();
  }

  @Override
  protected void wipe() throws Exception {
    server.wipe();
  }

  @Override
  protected void expire(Membership node) throws Exception {
    Sessions.expire(((ZooKeeperMembership) node).client(), server.connect());
  }

  @Override
  protected void kill(Membership node) throws Exception {
    Sessions.kill(((ZooKeeperMembership) node).client());
  }

  // Sessions

  @Test
  void whatAnOldSessionLeftIsReplacedBeforeItVanishes() throws Exception {
    ListeningNode b = member();
    var timers = new VirtualTimers();
    // As long as this server allows: what the old session left is there for 10 s.
    ListeningNode a =
        member(settings().timeouts(Duration.ofSeconds(10), Duration.ofSeconds(1)), timers);
    b.sees(a.self(), b.self());
    long old = Sessions.id(client(a));

    Sessions.forget(client(a));

    eventually(
        "the znode is the new session's",
        () -> {
          Stat stat = operator.checkExists().forPath(path(a.self()));
          return stat != null
              && stat.getEphemeralOwner() != old
              && stat.getEphemeralOwner() == Sessions.id(client(a));
        },
        Duration.ofSeconds(5));
    b.sees(a.self(), b.self());
  }

  @Test
  void aZnodeThatSomebodyDeletedIsMadeAgain() throws Exception {
    ListeningNode a = member();
    ListeningNode b = member();
    b.sees(a.self(), b.self());
    operator.delete().forPath(path(a.self()));
    b.await("a is made again", now -> now.live().size() == 2);
    eventually(
        "it is there", () -> operator.checkExists().forPath(path(a.self())) != null, PATIENCE);
  }

  @Test
  void aFormerLifeThatComesBackInALivingSessionIsRemoved() throws Exception {
    ListeningNode a = member();
    ListeningNode b = member();
    Member former = life();
    // as a server does that is restored from a copy of before this node joined again
    client(a).create().withMode(CreateMode.EPHEMERAL).forPath(path(former), bytes(former.print()));
    eventually("it is gone", () -> operator.checkExists().forPath(path(former)) == null, PATIENCE);
    b.sees(a.self(), b.self());
    a.sees(a.self(), b.self());
  }

  @Test
  void aRestartOfTheServerIsNoDeath() throws Exception {
    ListeningNode a = member(settings().timeouts(Duration.ofSeconds(10), SESSION), realTime());
    a.leads();
    long session = Sessions.id(client(a));
    server.stop();
    eventually(
        "it does not lead, long before its session is over",
        () -> !a.observe().leading(),
        Duration.ofSeconds(5));
    a.sees(a.self());
    server.start();
    a.leads();
    a.sees(a.self());
    assertThat(Sessions.id(client(a))).isEqualTo(session);
  }

  @Test
  void aRestoredServerKnowsAnOlderView() throws Exception {
    ListeningNode a = member();
    ListeningNode b = member();
    a.membership().publish(3);
    b.knowsView(3);
    server.backUp();
    a.sees(a.self(), b.self());
    a.publishesAtLast(7);
    b.knowsView(7);
    b.membership().leave();
    a.sees(a.self());

    server.restore();

    ListeningNode fresh = node();
    eventually("it reads the old number", () -> fresh.observe().view() == 3, PATIENCE);
    fresh.announce();
    for (ListeningNode node : new ListeningNode[] {a, fresh, b}) {
      node.sees(a.self(), fresh.self());
      node.knowsALeader();
    }
    assertThat(a.observe().view()).isEqualTo(7);
    assertThat(b.observe().view()).isEqualTo(7);
    a.publishesAtLast(8);
    fresh.knowsView(8);
    b.knowsView(8);
  }

  @Test
  void aRestoredServerIsReadAnew() throws Exception {
    Member changing = life();
    Member late = life();
    ListeningNode node = node();
    operator.create().creatingParentsIfNeeded().forPath(path("members"), bytes(""));
    write("members/" + changing.incarnation().number(), changing.print());
    node.sees(changing);
    server.backUp();
    eventually("the operator is back", () -> operator.checkExists().forPath("/") != null, PATIENCE);
    Member changed = changing.hosting(Map.of());
    operator
        .transaction()
        .forOperations(
            operator.transactionOp().setData().forPath(path(changing), bytes(changed.print())),
            operator.transactionOp().setData().forPath(path("members"), bytes(name(changing))));
    node.sees(changed);

    server.restore();

    // As often written as before, and nobody says that the other is what it was.
    try (CuratorFramework another =
        CuratorFrameworkFactory.newClient(server.connect(), new RetryOneTime(100))) {
      another.start();
      another
          .transaction()
          .forOperations(
              another
                  .transactionOp()
                  .create()
                  .withMode(CreateMode.EPHEMERAL)
                  .forPath(path(late), bytes(late.print())),
              another.transactionOp().setData().forPath(path("members"), bytes(name(late))));
      node.sees(changing, late);
    }
  }

  private static String name(Member member) {
    return "" + member.incarnation().number();
  }

  // Nothing relies on a watch

  @Test
  void whatNoWatchToldIsSeenASecondLater() throws Exception {
    var timers = new VirtualTimers();
    ListeningNode deaf = member(settings(), timers);
    deaf.leads();
    ListeningNode b = member();
    deaf.sees(deaf.self(), b.self());
    client(deaf).watchers().removeAll().ofType(WatcherType.Any).forPath("/spawn/" + system);
    seesToWhatWasTold(deaf);

    Member before = b.self();
    b.announce(before.hosting(Map.of()));
    b.seesItself();
    b.membership().publish(4);
    b.knowsView(4);
    assertThat(deaf.observe().live().values()).contains(before);
    assertThat(deaf.observe().view()).isZero();
    timers.advance(Duration.ofSeconds(1));
    deaf.sees(deaf.self(), b.self());
    deaf.knowsView(4);

    // Twice, between two looks.
    ListeningNode c = member();
    b.announce(b.self().hosting(Map.of(new ActorType(system, "Stock"), Offer.of(Kind.POOLED))));
    c.announce(c.self().hosting(Map.of()));
    c.sees(deaf.self(), b.self(), c.self());
    timers.advance(Duration.ofSeconds(1));
    deaf.sees(deaf.self(), b.self(), c.self());

    b.membership().leave();
    c.sees(deaf.self(), c.self());
    timers.advance(Duration.ofSeconds(1));
    deaf.sees(deaf.self(), c.self());
  }

  /** Waits until the watches' last news has had its round: the next has another reason. */
  private static void seesToWhatWasTold(ListeningNode node) throws Exception {
    var told = new CountDownLatch(1);
    // The client tells one thing after the other, so what it told before this was heard.
    client(node).checkExists().inBackground((unused, event) -> told.countDown()).forPath("/");
    assertThat(told.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    node.announce();
  }

  @Test
  void theHeartbeatIsSentEverySecond() throws Exception {
    var timers = new VirtualTimers();
    timers.advance(Duration.ofSeconds(40));
    ListeningNode a = start(membership(system, settings(), timers), life());
    assertThat(a.observe().contact()).isNull();
    for (long second = 41; second < 45; second++) {
      timers.advance(Duration.ofSeconds(1));
      a.isInContact(timers);
      assertThat(a.observe().contact()).isEqualTo(Duration.ofSeconds(second).toNanos());
    }
  }

  @Test
  void theContactIsWhenTheRequestWasSent() throws Exception {
    var timers = new VirtualTimers();
    try (var relay = new Relay(server.port())) {
      ZooKeeperSettings slow =
          ZooKeeperSettings.of(relay.connect())
              .timeouts(Duration.ofSeconds(10), Duration.ofSeconds(1));
      ListeningNode a = start(membership(system, slow, timers), life());
      a.isInContact(timers);

      relay.hold();
      timers.advance(Duration.ofSeconds(1));
      for (int answer = 0; answer < 12; answer++) {
        relay.awaitHeld();
        // What was answered before this was asked at least a second before it was answered.
        assertThat(a.observe().contact())
            .isLessThanOrEqualTo(timers.nanoTime() - Duration.ofSeconds(1).toNanos());
        timers.advance(Duration.ofSeconds(1));
        relay.letOneAnswerThrough();
      }
      assertThat(a.observe().contact()).isPositive();
      relay.letGo();
      a.isInContact(timers);
    }
  }

  @Test
  void whoLostItsPlaceInTheLineDoesNotLeadForLong() throws Exception {
    var timers = new VirtualTimers();
    ListeningNode a = member(settings(), timers);
    a.leads();
    ListeningNode b = member();
    a.sees(a.self(), b.self());
    b.knowsLeader(a);
    for (String place : operator.getChildren().forPath(path("leader"))) {
      byte[] id = operator.getData().forPath(path("leader/" + place));
      if (new String(id, StandardCharsets.UTF_8).equals("" + a.self().incarnation().number())) {
        operator.delete().forPath(path("leader/" + place));
      }
    }
    b.leads();
    a.knowsLeader(b);
    assertThat(a.observe().leading()).describedAs("nobody told the latch").isTrue();
    for (int second = 0; second < 7; second++) {
      timers.advance(Duration.ofSeconds(1));
      a.isInContact(timers);
    }
    a.doesNotLead();
    b.membership().leave();
    a.leads();
  }

  // What others wrote

  @Test
  void znodesThatAreNoMembersDoNotCount() throws Exception {
    ListeningNode a = member();
    Member ghost = life();
    operator.create().forPath(path(ghost), bytes(ghost.print()));
    write("members/4711", "7 b c d e=f");
    write("members/lost+found", "");
    write("members/9", ghost.print());
    write("view", "unknown");
    ListeningNode b = member();
    a.sees(a.self(), b.self());
    b.sees(a.self(), b.self());
    b.membership().publish(2);
    a.knowsView(2);
  }

  private void write(String name, String data) throws Exception {
    operator.create().withMode(CreateMode.EPHEMERAL).forPath(path(name), bytes(data));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  // What it costs

  @Test
  void writesToZooKeeperAreFewAndDoNotGrowWithTheMesh() throws Exception {
    ListeningNode a = member();
    a.leads();
    a.membership().publish(1);
    member();
    ListeningNode last = member();
    last.knowsLeader(a);
    inLine(3);
    operator.create().forPath(path("probe"));
    var timers = new VirtualTimers();
    long before = transactions();
    ListeningNode b = member(settings(), timers);
    inLine(4);
    before = assertWrites("a session and a join", before, 3);
    for (int second = 0; second < 60; second++) {
      timers.advance(Duration.ofSeconds(1));
      b.isInContact(timers);
    }
    before = assertWrites("a minute", before, 0);
    b.announce(b.self().hosting(Map.of()));
    a.await("b hosts nothing", now -> now.live().containsValue(b.self()));
    before = assertWrites("other types", before, 1);
    b.membership().publish(2);
    b.membership().publish(2);
    a.knowsView(2);
    before = assertWrites("a view", before, 1);
    b.membership().leave();
    inLine(3);
    before = assertWrites("a leave", before, 2);
    b.close();
    assertWrites("the end of a session", before, 1);
  }

  private void inLine(int candidates) {
    eventually(
        candidates + " stand in line",
        () -> operator.getChildren().forPath(path("leader")).size() == candidates,
        PATIENCE);
  }

  /** Asserts how many there were since {@code before}, and answers how many there are now. */
  private long assertWrites(String what, long before, int expected) throws Exception {
    long now = transactions();
    assertThat(now - before - 1).describedAs("writes of %s", what).isEqualTo(expected);
    return now;
  }

  /** How many transactions ZooKeeper has made, with the one that asks. */
  private long transactions() throws Exception {
    return operator.setData().forPath(path("probe"), new byte[0]).getMzxid();
  }

  // Who may

  @Test
  void strangersMayNeitherReadNorWrite() throws Exception {
    ZooKeeperSettings known =
        settings().root("/secured").auth(ZooKeeperSettings.Auth.digest("spawn", "secret"));
    ListeningNode a = member(known, realTime());
    ListeningNode b = member(known, realTime());
    a.membership().publish(2);
    b.knowsView(2);
    b.sees(a.self(), b.self());

    for (ZooKeeperSettings.Auth who :
        new ZooKeeperSettings.Auth[] {null, ZooKeeperSettings.Auth.digest("spawn", "guessed")}) {
      ListeningNode stranger = start(membership(system, known.auth(who), realTime()), life());
      assertThatExceptionOfType(MembershipUnavailableException.class)
          .isThrownBy(stranger::announce)
          .withCauseInstanceOf(NoAuthException.class)
          .withMessageContaining(stranger.self().toString());
      assertThatExceptionOfType(MembershipUnavailableException.class)
          .isThrownBy(() -> stranger.membership().publish(9))
          .withCauseInstanceOf(NoAuthException.class);
      assertThat(stranger.observe().live()).isEmpty();
    }
    String base = "/secured/" + system;
    assertThatExceptionOfType(NoAuthException.class)
        .isThrownBy(() -> operator.create().forPath(base + "/members/1"));
    assertThatExceptionOfType(NoAuthException.class)
        .isThrownBy(() -> operator.delete().forPath(base + "/view"));
    assertThatExceptionOfType(NoAuthException.class)
        .isThrownBy(() -> operator.create().forPath(base + "/leader/latch-0000000000"));
    a.sees(a.self(), b.self());
    assertThat(a.observe().view()).isEqualTo(2);
  }
}
