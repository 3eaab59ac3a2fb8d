package org.spawnmesh.cluster.zookeeper;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.curator.RetryPolicy;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.api.ACLProvider;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.NoNodeException;
import org.apache.zookeeper.KeeperException.NodeExistsException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.Membership;
import org.spawnmesh.cluster.MembershipRounds;
import org.spawnmesh.cluster.MembershipRounds.Wish;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.time.Timers;

/**
 * {@link Membership} by ZooKeeper 3.6 or later. Members are ephemeral znodes, the leader is the
 * first of Curator's latches, the view is a number that is only raised.
 *
 * <pre>
 *                      ┌────────────── answers again ──────────────┐
 *                      ▼                                           │
 * CONNECTING ──────► CONNECTED ──────── no answer ───────────► SUSPENDED
 *                      ▲                                           │ session timeout
 *                      └──── a new session: announced again ──── LOST
 *
 * any ── close() ──► CLOSED
 * observe(): CONNECTED = what ZooKeeper says · SUSPENDED, LOST = what it said last, and not leading
 * </pre>
 *
 * <p>Everything is done in {@link MembershipRounds}. A round looks at what there is, makes of it
 * what is wished, and looks again: a lost session, a wiped server, an answer that got lost do not
 * matter. A round is made when something is wished, when a watch or the connection tells something,
 * and every second; nothing is missed if a watch stays silent. A round that finds nothing new asks
 * three small questions, the first of which is the heartbeat behind {@link Observation#contact}.
 *
 * <p>One persistent recursive watch wakes the rounds, instead of a cache of Curator's: the parent's
 * stamp says what to read again ({@link Roll}), so a second copy, with a truth of its own, is not
 * needed.
 *
 * <p>What it costs in ZooKeeper's writes (transactions), however many nodes there are: a session 1
 * at its begin and 1 at its end, a join 2, other types 1, a leave 2, a view 1. Nothing is written
 * for an actor or a call.
 *
 * <p>The heartbeat is answered by the server this node is connected to. A server that was cut off
 * from the others gives up after their {@code syncLimit}, so contact can be that much too young.
 *
 * <p>Thread-safe.
 */
public final class ZooKeeperMembership implements Membership {

  private static final Logger log = LoggerFactory.getLogger(ZooKeeperMembership.class);

  private static final Duration CHECK = Duration.ofSeconds(1);

  /** How often a round looks again at what others, or an old session, changed under its hands. */
  private static final int LOOKS = 5;

  /** What fails is tried again by the next round, not by Curator: there is one rule for all. */
  private static final RetryPolicy NEVER = (retries, elapsedMillis, sleeper) -> false;

  private final ZooKeeperSettings settings;
  private final Timers timers;
  private final Paths paths;
  private final CuratorFramework client;
  private final ViewNumber view;
  private final MembershipRounds rounds;
  private final Watcher watcher;

  // Confined to the rounds.
  private final Roll roll;
  private final Line line;
  private long readSession;
  private String complaint = "";

  /** Was there another connection since the last round that went well? */
  private final AtomicBoolean reconnected = new AtomicBoolean(true);

  // What is known, guarded by the rounds.
  private Connection connection = Connection.CONNECTING;
  private @Nullable Candidate candidate;
  private Map<Incarnation, Member> live = Map.of();
  private @Nullable Incarnation leader;
  private long greatestView;
  private @Nullable Long contact;

  /**
   * Connects with {@link #start}.
   *
   * @param system the actor system; those with the same name, below the same root, see each other
   * @param threads makes the thread of the rounds; it waits inside of the ZooKeeper client, so
   *     before Java 24 it must not be a virtual thread
   */
  public ZooKeeperMembership(
      String system, ZooKeeperSettings settings, Timers timers, ThreadFactory threads) {
    this.settings = settings;
    this.timers = timers;
    this.paths = Paths.of(settings.root(), system);
    this.client = client(settings);
    this.view = new ViewNumber(client, paths.view());
    this.roll = new Roll(client, paths);
    this.line = new Line(client, paths.line());
    this.rounds = new MembershipRounds(new Ensemble(), timers, CHECK, threads);
    this.watcher = event -> rounds.ask();
  }

  static CuratorFramework client(ZooKeeperSettings settings) {
    CuratorFrameworkFactory.Builder builder =
        CuratorFrameworkFactory.builder()
            .connectString(settings.connect())
            .sessionTimeoutMs(Math.toIntExact(settings.sessionTimeout().toMillis()))
            .connectionTimeoutMs(Math.toIntExact(settings.connectionTimeout().toMillis()))
            .retryPolicy(NEVER)
            .dontUseContainerParents()
            .zkClientConfig(settings.client())
            .aclProvider(
                new ACLProvider() {
                  @Override
                  public List<ACL> getDefaultAcl() {
                    return settings.acl();
                  }

                  @Override
                  public List<ACL> getAclForPath(String path) {
                    return settings.acl();
                  }
                });
    ZooKeeperSettings.Auth auth = settings.auth();
    if (auth != null) {
      builder.authorization(auth.scheme(), auth.bytes());
    }
    return builder.build();
  }

  @Override
  public void start(Runnable changed) {
    log.info(
        "Connecting to ZooKeeper at {}; waiting for it as long as it takes", settings.connect());
    client.getConnectionStateListenable().addListener((unused, told) -> connection(told));
    client.start();
    rounds.start(changed);
  }

  // What is wished

  @Override
  public void announce(Member self) {
    Exception why = rounds.announce(self, settings.connectionTimeout());
    if (why != null) {
      throw new MembershipUnavailableException(
          "%s could not be announced in ZooKeeper at %s (%s); it will be as soon as that is possible"
              .formatted(self, settings.connect(), why.getMessage()),
          why);
    }
  }

  @Override
  public void leave() {
    Exception why = rounds.leave(settings.connectionTimeout());
    if (why != null) {
      log.info(
          "Others may see this node a little longer: ZooKeeper at {} could not be told that it left"
              + " ({}). It forgets the node when the session ends",
          settings.connect(),
          why.getMessage());
    }
  }

  @Override
  public void publish(long number) {
    rounds.requireOpen("Cannot publish view " + number);
    String obstacle = rounds.read(this::obstacle);
    Exception why = new IllegalStateException(obstacle);
    if (obstacle == null) {
      try {
        view.raise(number);
        rounds.update(() -> greatestView = Math.max(greatestView, number));
        return;
      } catch (MembershipUnavailableException e) {
        throw e;
      } catch (Exception e) {
        if (e instanceof InterruptedException) {
          Thread.currentThread().interrupt();
        }
        why = e;
      }
    }
    throw new MembershipUnavailableException(
        "View %d could not be published in ZooKeeper at %s (%s); nodes find it in the store"
            .formatted(number, settings.connect(), why.getMessage()),
        why);
  }

  @Override
  public Observation observe() {
    return rounds.observe();
  }

  /**
   * Leaves and disconnects. Waits for ZooKeeper's answer if the connection is there; if ZooKeeper
   * falls silent at this very moment, for up to the connection timeout and the session timeout.
   */
  @Override
  public void close() {
    leave();
    if (!rounds.close()) {
      return;
    }
    // Ends the session, and with it whatever of this node is visible still.
    client.close();
    rounds.update(() -> connection = Connection.CLOSED);
    log.info("Left ZooKeeper at {}", settings.connect());
  }

  // What happens

  private void connection(ConnectionState told) {
    rounds.update(
        () -> {
          connection = connection.after(told);
          if (connection == Connection.CONNECTED) {
            reconnected.set(true);
          }
        });
    rounds.ask();
    switch (told) {
      case CONNECTED, RECONNECTED -> log.info("Connected to ZooKeeper at {}", settings.connect());
      case SUSPENDED ->
          log.info(
              "ZooKeeper at {} does not answer; waiting for it. This node does not lead meanwhile,"
                  + " and knows the members as they were",
              settings.connect());
      case READ_ONLY ->
          log.info("ZooKeeper at {} has no majority; waiting for one", settings.connect());
      case LOST ->
          log.info(
              "The session with ZooKeeper at {} is over: others may take this node for dead."
                  + " Waiting for a new one, to announce it again",
              settings.connect());
    }
  }

  /** ZooKeeper, as the rounds use it. */
  private final class Ensemble implements MembershipRounds.Service {

    @Override
    public @Nullable String obstacle() {
      return ZooKeeperMembership.this.obstacle();
    }

    @Override
    public void round(Wish wish) throws Exception {
      boolean fresh = reconnected.getAndSet(false);
      try {
        make(wish, fresh);
        complaint = "";
      } catch (Exception e) {
        if (fresh) {
          reconnected.set(true);
        }
        complain(e);
        throw e;
      }
    }

    /**
     * Both the latch and the connection must say who leads, for they hear of a lost connection one
     * after the other.
     */
    @Override
    public Observation observation(@Nullable Member self) {
      Candidate standing = candidate;
      boolean leading =
          connection == Connection.CONNECTED
              && self != null
              && standing != null
              && standing.incarnation().equals(self.incarnation())
              && standing.leads();
      return new Observation(live, leading, leader, greatestView, contact);
    }
  }

  private @Nullable String obstacle() {
    return switch (connection) {
      case CONNECTED -> null;
      case CONNECTING -> "not connected yet";
      default -> "the connection is " + connection;
    };
  }

  // A round

  private void complain(Exception why) {
    boolean expected =
        why instanceof KeeperException.ConnectionLossException
            || why instanceof KeeperException.SessionExpiredException
            || why instanceof KeeperException.OperationTimeoutException
            || why instanceof InterruptedException
            || rounds.read(this::obstacle) != null;
    if (expected) {
      log.debug("ZooKeeper at {} did not answer", settings.connect(), why);
    } else if (!complaint.equals(why.toString())) {
      complaint = why.toString();
      log.warn(
          "ZooKeeper at {} refuses what this node needs below {}: {}. Trying again every second",
          settings.connect(),
          paths.base(),
          why.getMessage(),
          why);
    }
  }

  /**
   * @param fresh whether nothing that was read before may be trusted
   */
  private void make(Wish wish, boolean fresh) throws Exception {
    long session = client.getZookeeperClient().getZooKeeper().getSessionId();
    if (fresh || session != readSession) {
      client
          .watchers()
          .add()
          .withMode(AddWatchMode.PERSISTENT_RECURSIVE)
          .usingWatcher(watcher)
          .forPath(paths.base());
      roll.forget();
      line.forget();
      readSession = session;
    }
    for (Incarnation former : wish.former()) {
      try {
        client.delete().forPath(paths.member(former));
      } catch (NoNodeException e) {
        // It went with its session.
      }
    }
    look();
    Member self = wish.self();
    if (forgetFormerLives(self, session)) {
      look();
    }
    if (self != null) {
      for (int i = 0; place(self, session); i++) {
        if (i == LOOKS) {
          throw new IllegalStateException(
              paths.member(self.incarnation())
                  + " changes all the time; does another node use it?");
        }
        look();
      }
    }
    line.read();
    stand(self);
    long number = view.read();
    rounds.update(
        () -> {
          live = roll.live();
          leader = line.first();
          // Never back: ZooKeeper may have been wiped, or restored from an old copy.
          greatestView = Math.max(greatestView, number);
        });
  }

  /**
   * Deletes what stands there by this session and is not wished any more: a server that is restored
   * from an old copy brings back who left since, and while this session lives nobody else would
   * ever remove it. False if there was nothing.
   */
  private boolean forgetFormerLives(@Nullable Member self, long session) throws Exception {
    boolean found = false;
    for (String name : roll.namesOf(session)) {
      if (self == null || !Paths.name(self.incarnation()).equals(name)) {
        found = true;
        try {
          client.delete().forPath(paths.members() + "/" + name);
        } catch (NoNodeException e) {
          // Somebody was faster.
        }
      }
    }
    return found;
  }

  /** Asks for what is new in the list of members; the question is also the heartbeat. */
  private void look() throws Exception {
    long sent = timers.nanoTime();
    Stat parent = client.checkExists().forPath(paths.members());
    rounds.update(() -> contact = sent);
    roll.read(parent);
  }

  /**
   * Makes this node visible as it wishes to be; false if it was. What an earlier session left is
   * not this node's: it vanishes with that session.
   */
  private boolean place(Member self, long session) throws Exception {
    String path = paths.member(self.incarnation());
    Roll.Entry there = roll.entry(self.incarnation());
    if (there != null && there.session() == session && self.equals(there.member())) {
      return false;
    }
    byte[] data = self.print().getBytes(StandardCharsets.UTF_8);
    var operations = new ArrayList<CuratorOp>();
    if (there != null && there.session() == session) {
      operations.add(client.transactionOp().setData().forPath(path, data));
    } else {
      if (there != null) {
        operations.add(client.transactionOp().delete().forPath(path));
      }
      operations.add(
          client.transactionOp().create().withMode(CreateMode.EPHEMERAL).forPath(path, data));
    }
    // Tells those who read the list which child is to be read again.
    operations.add(
        client
            .transactionOp()
            .setData()
            .forPath(
                paths.members(), Paths.name(self.incarnation()).getBytes(StandardCharsets.UTF_8)));
    try {
      if (!roll.isThere()) {
        client
            .create()
            .creatingParentsIfNeeded()
            .withMode(CreateMode.PERSISTENT)
            .forPath(paths.members(), new byte[0]);
      }
      client.transaction().forOperations(operations);
      log.info("Announced {} to ZooKeeper at {}", self, settings.connect());
    } catch (NodeExistsException | NoNodeException e) {
      roll.forget(); // Somebody was faster, or an old session ended just now.
    }
    return true;
  }

  /** Has {@code self} stand in the line of those who would lead, and nobody else of this node. */
  private void stand(@Nullable Member self) throws Exception {
    Candidate standing = candidate;
    if (standing != null
        && (self == null
            || !standing.incarnation().equals(self.incarnation())
            || standing.isStuck(line, timers.nanoTime()))) {
      rounds.update(() -> candidate = null);
      standing.close();
      standing = null;
    }
    if (self != null && standing == null) {
      Candidate next =
          Candidate.standing(
              client, paths.line(), self.incarnation(), () -> rounds.update(() -> {}));
      rounds.update(() -> candidate = next);
    }
  }

  /** For tests that do to the session what the world does. */
  CuratorFramework client() {
    return client;
  }
}
