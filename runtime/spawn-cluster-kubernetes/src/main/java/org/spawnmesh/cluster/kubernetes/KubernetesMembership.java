package org.spawnmesh.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseList;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.Membership;
import org.spawnmesh.cluster.MembershipRounds;
import org.spawnmesh.cluster.MembershipRounds.Wish;
import org.spawnmesh.cluster.kubernetes.Election.Step;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.time.Timers;

/**
 * {@link Membership} by the API server of Kubernetes. Each member has a {@code Lease} of its own,
 * which it renews; one more lease says who leads, and carries the number of the greatest view.
 *
 * <p>Everything is done in {@link MembershipRounds}. A round looks at the mesh's lease, makes of
 * the API server what is wished, and renews what is due: a deleted lease, an API server that was
 * away, an answer that got lost do not matter. A round is made when something is wished, when the
 * watch tells something, and every second; a round with nothing to do is one small question, which
 * is the heartbeat behind {@link Observation#contact}.
 *
 * <p>A watch tells what others write. Nothing relies on it: before anybody is taken for dead, and
 * when the watch does not tell what the heartbeat sees, all leases are read again and another watch
 * is begun. Without any watch they are read in every round.
 *
 * <p>Other machines' clocks are never compared with this one's: a lease is over when it was not
 * seen to change for as long as it is granted, by {@link Timers#nanoTime}. While the API server
 * does not answer, nobody can renew, and nobody is taken for dead; all get their full time again
 * when it is back.
 *
 * <p>What it costs in writes, with the default lease of 10 s: a member a third of a write per
 * second, the leader as much again; a join 1, other types 1, a leave 1 or 2, a view 1. Nothing is
 * written for an actor or a call.
 *
 * <p>Thread-safe.
 */
public final class KubernetesMembership implements Membership {

  private static final Logger log = LoggerFactory.getLogger(KubernetesMembership.class);

  private static final Duration SECOND = Duration.ofSeconds(1);

  /** How often a round tries to write over what others write at the same time. */
  private static final int ATTEMPTS = 5;

  /** The same for a view, which has no next round. Each attempt that fails, another wrote. */
  private static final int PUBLISHING_ATTEMPTS = 100;

  private final KubernetesSettings settings;
  private final Timers timers;
  private final InstantSource clock;
  private final Names names;
  private final Leases leases;
  private final MembershipRounds rounds;
  private final Duration check;

  /** A lease is renewed by the round before this is over for too long. */
  private final Duration renewal;

  // Confined to the rounds.
  private @Nullable Lease mine;
  private long placed;
  private @Nullable Long looked;
  private @Nullable Long unheard;
  private final Map<String, String> complaints = new HashMap<>();

  // What is known, guarded by the rounds.
  private final Roll roll;
  private final Election election;

  /** Who listens to the watch; null if nobody does. */
  private @Nullable Ear ear;

  private @Nullable Watch watch;

  /** The mesh's lease as the watch, or the list before it, told it last. */
  private Stamp told = Stamp.NONE;

  private long greatestView;
  private @Nullable Long contact;

  /**
   * Connects with {@link #start}.
   *
   * @param system the actor system; those with the same name, in the same namespace, see each other
   * @param clock for the times that are written into leases, for people
   * @param threads makes the thread of the rounds, and one for each watch that begins; daemons
   * @throws IllegalArgumentException if neither the settings nor the surroundings name a namespace
   */
  public KubernetesMembership(
      String system,
      KubernetesSettings settings,
      Timers timers,
      InstantSource clock,
      ThreadFactory threads) {
    this.settings = settings;
    this.timers = timers;
    this.clock = clock;
    this.names = Names.of(system);
    Duration tenth = settings.lease().dividedBy(10);
    this.check = tenth.compareTo(SECOND) < 0 ? tenth : SECOND;
    this.renewal = settings.renewal().minus(check);
    this.roll = new Roll(names, settings.lease());
    this.election = new Election(settings.lease(), renewal, check.multipliedBy(2));
    this.leases = new Leases(names, settings, timers, threads, this::answered);
    this.rounds = new MembershipRounds(new ApiServer(), timers, check, threads);
  }

  @Override
  public void start(Runnable changed) {
    log.info("Looking for other nodes by the leases at {}", leases.where());
    rounds.start(changed);
  }

  // What is wished

  @Override
  public void announce(Member self) {
    Exception why = rounds.announce(self, patience());
    if (why != null) {
      throw new MembershipUnavailableException(
          "%s could not be announced by a lease at %s (%s); it will be as soon as that is possible"
              .formatted(self, leases.where(), Leases.reason(why)),
          why);
    }
  }

  @Override
  public void leave() {
    Exception why = rounds.leave(patience());
    if (why != null) {
      log.info(
          "Others may see this node for another {}: the API server at {} could not be told that it"
              + " left ({})",
          settings.lease(),
          leases.where(),
          Leases.reason(why));
    }
  }

  @Override
  public void publish(long view) {
    rounds.requireOpen("Cannot publish view " + view);
    try {
      long now = raise(view);
      rounds.update(() -> greatestView = Math.max(greatestView, now));
    } catch (KubernetesClientException | IllegalStateException e) {
      throw new MembershipUnavailableException(
          "View %d could not be published by the lease %s at %s (%s); nodes find it in the store"
              .formatted(view, names.mesh(), leases.where(), Leases.reason(e)),
          e);
    }
  }

  /** The view that is published after it: this one, or a greater. */
  private long raise(long view) {
    for (int i = 0; i < PUBLISHING_ATTEMPTS; i++) {
      MeshLease mesh = MeshLease.of(leases.get(names.mesh()));
      if (mesh.view() >= view) {
        return mesh.view();
      }
      try {
        // Only over what was compared: a slow leader must not hide a newer view (R5, F17).
        leases.write(names.mesh(), mesh.raised(view));
        return view;
      } catch (KubernetesClientException e) {
        requireOvertaken(e, mesh.lease());
      }
    }
    throw changesAllTheTime(names.mesh());
  }

  @Override
  public Observation observe() {
    return rounds.observe();
  }

  /**
   * Leaves and disconnects. Waits for the API server's answer; if it is silent, for twice the
   * request timeout.
   */
  @Override
  public void close() {
    leave();
    if (!rounds.close()) {
      return;
    }
    deafen();
    leases.close();
    rounds.update(() -> {});
    log.info("Left the API server at {}", leases.where());
  }

  /** A request takes twice its timeout at most. */
  private Duration patience() {
    return settings.requestTimeout().multipliedBy(2);
  }

  // What is known

  private void answered(long sent) {
    rounds.update(
        () -> contact = contact == null || sent - contact > 0 ? Long.valueOf(sent) : contact);
  }

  /** The API server, as the rounds use it. */
  private final class ApiServer implements MembershipRounds.Service {

    @Override
    public void round(Wish wish) {
      try {
        make(wish);
        praise("round");
      } catch (RuntimeException e) {
        complain("round", e, "does what this node needs");
        throw e;
      }
    }

    @Override
    public Observation observation(@Nullable Member self) {
      long now = timers.nanoTime();
      return new Observation(
          roll.live(),
          election.isLeading(self == null ? null : self.incarnation(), now),
          election.leader(now),
          greatestView,
          contact);
    }
  }

  /** Hears what others write, until another listens. */
  private final class Ear implements Watcher<Lease> {

    @Override
    public void eventReceived(Action action, Lease lease) {
      if (action != Action.ADDED && action != Action.MODIFIED && action != Action.DELETED) {
        return;
      }
      boolean deleted = action == Action.DELETED;
      rounds.update(
          () -> {
            if (ear != this) {
              return;
            }
            if (lease.getMetadata().getName().equals(names.mesh())) {
              hear(deleted ? MeshLease.NONE : MeshLease.of(lease));
            } else if (deleted) {
              roll.lost(lease);
            } else {
              roll.saw(lease, timers.nanoTime());
            }
            Member self = rounds.wanted();
            if (self != null && !roll.shows(self)) {
              rounds.ask();
            }
          });
    }

    private void hear(MeshLease mesh) {
      told = mesh.stamp();
      greatestView = Math.max(greatestView, mesh.view());
      if (!Objects.equals(mesh.holder(), election.mesh().holder())) {
        rounds.ask();
      }
    }

    @Override
    public void onClose() {
      closed();
    }

    @Override
    public void onClose(WatcherException cause) {
      log.debug("The watch on leases ended", cause);
      closed();
    }

    /** The next round listens again; not at once, for some watches end as soon as they begin. */
    private void closed() {
      rounds.update(
          () -> {
            if (ear == this) {
              ear = null;
            }
          });
    }
  }

  // A round

  private void make(Wish wish) {
    look();
    listen();
    for (Incarnation each : wish.former()) {
      leases.delete(names.member(each));
    }
    place(wish.self());
    stand(wish.self(), wish.former());
    sweep();
  }

  /** Asks for the mesh's lease; the question is also the heartbeat. */
  private void look() {
    long sent = timers.nanoTime();
    MeshLease mesh = MeshLease.of(leases.get(names.mesh()));
    long now = timers.nanoTime();
    Long former = looked;
    rounds.update(
        () -> {
          if (former != null && sent - former > settings.renewal().toNanos()) {
            roll.forgive(now);
            election.forgive(now);
          }
          election.saw(mesh, now);
          // Never back: the cluster may have been restored from an old copy.
          greatestView = Math.max(greatestView, mesh.view());
        });
    looked = sent;
  }

  /** Reads all leases and begins another watch, if there is none or it may be deaf. */
  private void listen() {
    if (isHearing(timers.nanoTime())) {
      return;
    }
    deafen();
    LeaseList list = read();
    var next = new Ear();
    rounds.update(
        () -> {
          told =
              list.getItems().stream()
                  .filter(lease -> lease.getMetadata().getName().equals(names.mesh()))
                  .map(Stamp::of)
                  .findAny()
                  .orElse(Stamp.NONE);
          ear = next;
        });
    unheard = null;
    try {
      Watch begun = leases.watch(list.getMetadata().getResourceVersion(), next);
      rounds.update(() -> watch = begun);
      praise("watch");
    } catch (KubernetesClientException e) {
      deafen();
      complain("watch", e, "lets this node watch leases, so it reads all of them every second");
    }
  }

  private LeaseList read() {
    long sent = timers.nanoTime();
    LeaseList list = leases.list();
    rounds.update(() -> roll.read(list.getItems(), sent, timers.nanoTime()));
    return list;
  }

  /** Does the watch tell what there is to be told, as far as that can be seen? */
  private boolean isHearing(long now) {
    if (isTold()) {
      unheard = null;
    } else if (unheard == null) {
      unheard = now;
    }
    boolean late = unheard != null && now - unheard >= check.multipliedBy(2).toNanos();
    return !late && rounds.read(() -> ear != null && !roll.isAnyLate(now));
  }

  private void deafen() {
    Watch former =
        rounds.read(
            () -> {
              Watch last = watch;
              watch = null;
              ear = null;
              return last;
            });
    if (former != null) {
      former.close();
    }
  }

  /** Makes this node visible as it wishes to be, and sees to it that it stays so. */
  private void place(@Nullable Member self) {
    if (self == null) {
      mine = null;
      return;
    }
    String name = names.member(self.incarnation());
    Lease there = mine != null && mine.getMetadata().getName().equals(name) ? mine : null;
    long sent = timers.nanoTime();
    boolean visible = rounds.read(() -> roll.shows(self));
    if (there != null && visible && sent - placed < renewal.toNanos()) {
      return;
    }
    for (int i = 0; i < ATTEMPTS; i++) {
      try {
        Lease written = leases.write(name, MemberLease.of(there, self, settings, now()));
        mine = written;
        placed = sent;
        rounds.update(() -> roll.saw(written, timers.nanoTime()));
        if (!visible) {
          log.info("Announced {} by the lease {} at {}", self, name, leases.where());
        }
        return;
      } catch (KubernetesClientException e) {
        requireOvertaken(e, there);
        there = leases.get(name);
      }
    }
    throw changesAllTheTime(name);
  }

  /** Does its part in the election. */
  private void stand(@Nullable Member self, Set<Incarnation> former) {
    Incarnation candidate = self == null ? null : self.incarnation();
    for (int i = 0; i < ATTEMPTS; i++) {
      long sent = timers.nanoTime();
      Step step = rounds.read(() -> election.next(candidate, former, roll.live().keySet(), sent));
      MeshLease mesh = rounds.read(election::mesh);
      Lease next =
          switch (step) {
            case Step.Wait() -> null;
            case Step.Hold(Incarnation leader) ->
                mesh.heldBy(leader, rounds.observe().view(), settings.lease(), now());
            case Step.Release() -> mesh.released();
          };
      if (next == null) {
        return;
      }
      try {
        MeshLease written = MeshLease.of(leases.write(names.mesh(), next));
        rounds.update(
            () -> {
              election.saw(written, timers.nanoTime());
              if (step instanceof Step.Hold(Incarnation leader)) {
                election.holds(leader, sent);
              }
            });
        if (step instanceof Step.Release) {
          // Whoever was announced meanwhile is first, though no watch has told of it yet.
          read();
        }
      } catch (KubernetesClientException e) {
        requireOvertaken(e, mesh.lease());
        MeshLease now = MeshLease.of(leases.get(names.mesh()));
        rounds.update(() -> election.saw(now, timers.nanoTime()));
      }
    }
  }

  /** The leader deletes the leases of the dead; of those with a pod Kubernetes does it, too. */
  private void sweep() {
    if (!observe().leading()) {
      return;
    }
    try {
      rounds.read(roll::dead).forEach(leases::delete);
      praise("sweep");
    } catch (KubernetesClientException e) {
      complain("sweep", e, "lets this node delete leases, so those of dead nodes stay");
    }
  }

  private ZonedDateTime now() {
    return ZonedDateTime.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  /**
   * Somebody wrote, or deleted, between this node's question and its answer.
   *
   * @param former what it was to replace; null if it was to be new
   */
  private static void requireOvertaken(KubernetesClientException e, @Nullable Lease former) {
    // If something new cannot be found, it is the namespace that is missing.
    if (!Leases.isConflict(e) && (former == null || !Leases.isMissing(e))) {
      throw e;
    }
  }

  private static IllegalStateException changesAllTheTime(String name) {
    return new IllegalStateException(
        "the lease " + name + " changes all the time; who else writes it?");
  }

  // What is said about it

  private void complain(String about, RuntimeException why, String notDone) {
    if (rounds.isClosed()) {
      return;
    }
    int code = why instanceof KubernetesClientException answer ? answer.getCode() : 0;
    boolean silent = code == 0 || code == 429 || code >= 500;
    String complaint = silent ? "silent" : code + " " + why.getMessage();
    if (complaint.equals(complaints.put(about, complaint))) {
      log.debug("Still: the API server at {} neither answers nor {}", leases.where(), notDone, why);
    } else if (silent) {
      log.info(
          "The API server at {} does not answer ({}); trying again every second. Meanwhile this"
              + " node knows the members as they were",
          leases.where(),
          Leases.reason(why));
    } else {
      log.warn(
          "The API server at {} no longer {}: {}. Does the service account have the role that the"
              + " documentation of Kubernetes membership shows?",
          leases.where(),
          notDone,
          Leases.reason(why),
          why);
    }
  }

  private void praise(String about) {
    if (complaints.remove(about) != null && about.equals("round")) {
      log.info("The API server at {} answers again", leases.where());
    }
  }

  /** Did the watch tell what was read last? Also for tests, whose time does not pass before. */
  boolean isTold() {
    return rounds.read(() -> told.equals(election.mesh().stamp()));
  }

  /** Who is to be visible; for tests, which ask others whether it is. */
  @Nullable Member wanted() {
    return rounds.wanted();
  }
}
