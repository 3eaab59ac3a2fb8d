package org.spawnmesh.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.cluster.Member.Offer;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.time.Timers;

/**
 * How this node comes into the mesh, what it says of itself there, and how it goes.
 *
 * <pre>
 * Out ──register──► Registered ──admitted──► Inside ──out──► Out
 *                        └───────refuse───────────────────────┘       each ──end──► Ended
 * </pre>
 *
 * Confined to the mesh's loop, but for {@link #isInside}.
 */
final class Stay {

  private static final Logger log = LoggerFactory.getLogger(Stay.class);

  private sealed interface State {}

  /** Not a member, and not about to be one. */
  private record Out() implements State {}

  /** Its row is there, and it waits for a view that has it. */
  private record Registered(Member self, CompletableFuture<Incarnation> joined) implements State {}

  /**
   * @param resigned completed when nothing is here any more; null if it does not go
   */
  private record Inside(Member self, @Nullable CompletableFuture<Void> resigned) implements State {}

  /** For ever. */
  private record Ended() implements State {}

  private final MeshSettings settings;
  private final Membership membership;
  private final Timers timers;
  private final Serial loop;
  private final Whereabouts whereabouts;
  private final Handover handover;
  private final Supplier<@Nullable String> obstacle;
  private final Runnable announced;
  private final Runnable stayedOut;

  /** What is said to the coordination service, in the order in which it is to be said. */
  private final Serial notices;

  private State state = new Out();
  private volatile boolean inside;

  /** Those who wait until all members know what this node hosts. */
  private final List<CompletableFuture<Void>> unknown = new ArrayList<>();

  /**
   * @param threads run what may block
   * @param obstacle why this node, which leads, raises no view
   * @param announced run in the loop when the coordination service was told of this node
   * @param stayedOut run when it is known that this node learns of no view now
   */
  Stay(
      MeshSettings settings,
      Membership membership,
      Timers timers,
      Executor threads,
      Serial loop,
      Whereabouts whereabouts,
      Handover handover,
      Supplier<@Nullable String> obstacle,
      Runnable announced,
      Runnable stayedOut) {
    this.settings = settings;
    this.membership = membership;
    this.timers = timers;
    this.loop = loop;
    this.whereabouts = whereabouts;
    this.handover = handover;
    this.obstacle = obstacle;
    this.announced = announced;
    this.stayedOut = stayedOut;
    this.notices = new Serial(threads);
  }

  /** Who this node is, member or about to be one; null if it is neither. */
  @Nullable Member self() {
    return switch (state) {
      case Registered registered -> registered.self;
      case Inside now -> now.self;
      case Out out -> null;
      case Ended ended -> null;
    };
  }

  /** Whether a view has this node, as far as it knows. Any thread may ask. */
  boolean isInside() {
    return inside;
  }

  boolean isEnded() {
    return state instanceof Ended;
  }

  private void become(State next) {
    state = next;
    inside = next instanceof Inside;
  }

  // ---- in ----

  /**
   * Its row is there: whoever leads may take it in now.
   *
   * @param joined completed when it is inside, or not after all
   */
  void register(Member fresh, CompletableFuture<Incarnation> joined) {
    if (isEnded()) {
      joined.completeExceptionally(stopped());
      return;
    }
    become(new Registered(fresh.hosting(whereabouts.hosted()), joined));
    announce();
    timers.schedule(settings.joinPatience(), () -> loop.execute(() -> giveUp(joined)));
  }

  private void giveUp(CompletableFuture<Incarnation> joined) {
    if (state instanceof Registered waiting && waiting.joined == joined) {
      refuse(notTakenIn()); // a view may have it yet; who never answers is evicted (R11)
    }
  }

  private SpawnException notTakenIn() {
    Membership.Observation seen = membership.observe();
    String why =
        seen.contact() == null
            ? "the coordination service was never reached"
            : seen.leading()
                ? "it leads, but could not raise a view: " + obstacle.get()
                : seen.leader() == null
                    ? "no leader is known"
                    : "the leader, node %s, has not raised a view with it".formatted(seen.leader());
    return new SpawnException(
        Failure.notExecuted(
                FailureCode.NODE_UNAVAILABLE,
                "Node %s was not taken into the mesh within %d s: %s"
                    .formatted(settings.node(), settings.joinPatience().toSeconds(), why))
            .retryAfter(Duration.ofSeconds(1)));
  }

  private SpawnException stopped() {
    return new SpawnException(
        Failure.notExecuted(
            FailureCode.NODE_UNAVAILABLE,
            "Node %s was stopped before it was taken into the mesh".formatted(settings.node())));
  }

  /** What waits for a view with this node; null if nothing does. */
  @Nullable CompletableFuture<Incarnation> joining() {
    return state instanceof Registered waiting ? waiting.joined : null;
  }

  /** A view has it. */
  void admitted() {
    if (state instanceof Registered waiting) {
      become(new Inside(waiting.self, null));
    }
  }

  /** It will not be inside: whoever waits for that is told why, and the others see it no more. */
  void refuse(SpawnException why) {
    CompletableFuture<Incarnation> joined = joining();
    withdraw();
    out();
    if (joined != null) {
      joined.completeExceptionally(why);
    }
  }

  /**
   * It was fenced before it heard of any view that had it.
   *
   * @return false if that was said of another life, or it is inside
   */
  boolean ousted(Member who) {
    // not by what it hosts, which may have changed since the view was proposed
    if (state instanceof Registered waiting
        && waiting.self.incarnation().equals(who.incarnation())) {
      refuse(
          new SpawnException(
              Failure.notExecuted(
                  FailureCode.NODE_UNAVAILABLE,
                  "Node %s was taken into the mesh and out of it before it knew".formatted(who))));
      return true;
    }
    return false;
  }

  // ---- what is said of it ----

  /** Tells the coordination service who this node is; the service keeps the wish if it is away. */
  private void announce() {
    Member self = self();
    if (self == null) {
      return;
    }
    notices.execute(
        () -> {
          try {
            membership.announce(self);
          } catch (RuntimeException e) {
            log.warn("Node {} is not visible to others yet: {}", self, e.getMessage());
          }
          loop.execute(announced);
        });
  }

  /** The others need not see it any more. */
  void withdraw() {
    notices.execute(membership::leave);
  }

  /** What it hosts has changed; who resigns hosts nothing. */
  void host() {
    Map<ActorType, Offer> hosted = whereabouts.hosted();
    State now = state;
    switch (now) {
      case Registered waiting when !waiting.self.hosted().equals(hosted) ->
          become(new Registered(waiting.self.hosting(hosted), waiting.joined));
      case Inside in when in.resigned == null && !in.self.hosted().equals(hosted) ->
          become(new Inside(in.self.hosting(hosted), null));
      default -> {}
    }
    if (state != now) {
      announce();
    }
  }

  /** Completes {@code known} when all members know what this node hosts. */
  void await(CompletableFuture<Void> known) {
    unknown.add(known);
    settled();
  }

  void giveUpWaiting(CompletableFuture<Void> known) {
    unknown.remove(known);
  }

  /** Somebody has answered, or something is closed: what waits for that may be over. */
  void settled() {
    Member self = self();
    Member known = self == null ? null : whereabouts.latest().member(self.incarnation());
    if (known == null) {
      return;
    }
    if (state instanceof Inside(Member me, CompletableFuture<Void> resigned)
        && resigned != null
        && known.hosted().isEmpty()
        && handover.isSettled()) {
      // the view without this node breaks the connections; the last answers are on their way
      timers.schedule(settings.batching(), () -> resigned.complete(null));
    }
    if (!unknown.isEmpty()
        && known.hosted().equals(whereabouts.hosted())
        && whereabouts.latest().view() == whereabouts.table().view()
        && handover.isKnown()) {
      List.copyOf(unknown).forEach(waiting -> waiting.complete(null));
    }
  }

  // ---- out ----

  /**
   * Gives all its shards away.
   *
   * @param resigned completed when that is done; at once if nobody else could take them
   */
  void resign(CompletableFuture<Void> resigned) {
    if (state instanceof Inside in && whereabouts.latest().members().size() > 1) {
      whereabouts.resigning();
      become(new Inside(in.self.hosting(Map.of()), resigned));
      announce();
    } else {
      resigned.complete(null);
    }
  }

  /**
   * Not a member, and not about to be one. It learns of no view now, and whoever waits for one,
   * perhaps a peer that takes this node for a member, must hear so.
   */
  void out() {
    State former = state;
    if (!isEnded()) {
      become(new Out());
    }
    stayedOut.run();
    nothingIsHere(former);
  }

  /** The node is stopped: nothing that waits is waited for any more. */
  void end() {
    State former = state;
    CompletableFuture<Incarnation> joined = joining();
    become(new Ended());
    nothingIsHere(former);
    if (joined != null) {
      joined.completeExceptionally(stopped());
    }
  }

  private static void nothingIsHere(State former) {
    if (former instanceof Inside(Member self, CompletableFuture<Void> resigned)
        && resigned != null) {
      resigned.complete(null);
    }
  }
}
