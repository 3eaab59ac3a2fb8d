package org.spawnmesh.cluster;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.ChannelDefinition;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.cluster.Member.Offer;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Slots;
import org.spawnmesh.time.Timers;

/**
 * Where everything is, as far as this node knows: what the loop of the {@link Mesh} has published,
 * for every invocation and for people. The loop writes, any thread reads; nothing blocks.
 */
final class Whereabouts {

  private final MeshSettings settings;
  private final Handover handover;
  private final Links links;
  private final Timers timers;

  private volatile Table table = Table.NOBODY;
  private volatile long answersUntil;
  private volatile Roster latest;
  private volatile Map<ActorType, Offer> hosted = Map.of();
  private volatile boolean resigning;

  /** Where calls wait for types that this node hosts and no view has yet. */
  private volatile Placement.Here unplaced;

  Whereabouts(MeshSettings settings, Handover handover, Links links, Timers timers) {
    this.settings = settings;
    this.handover = handover;
    this.links = links;
    this.timers = timers;
    this.latest = Roster.of(0, settings.partitions(), List.of());
    this.unplaced = waitingRoom();
    this.answersUntil = timers.nanoTime() - 1;
  }

  private Placement.Here waitingRoom() {
    return new Placement.Here(
        new Gate(new Shard(new ActorType("-", "unplaced"), 0), 1, settings.holds()));
  }

  // ---- what the loop publishes ----

  /** The view that this node has taken; {@link Table#NOBODY} if it is in none. */
  Table table() {
    return table;
  }

  void table(Table next) {
    table = next;
  }

  /** The last view that this node has heard of, which it may not be in. */
  Roster latest() {
    return latest;
  }

  void latest(Roster next) {
    latest = next;
  }

  /** What this node hosts, whether or not a view says so already. */
  Map<ActorType, Offer> hosted() {
    return hosted;
  }

  /** Counts at once, for any thread: a call that follows waits for the view. */
  void hosted(Map<ActorType, Offer> offers) {
    hosted = offers;
  }

  /** This node gives away all that it hosts. */
  void resigning() {
    resigning = true;
  }

  /** A view was taken: what waited for its type to be placed is placed, or waits again. */
  void openWaitingRoom() {
    Placement.Here before = unplaced;
    unplaced = waitingRoom();
    before.gate().close(states -> {});
  }

  /** Nothing of the former life counts any more. */
  void forget() {
    table = Table.NOBODY;
    answersUntil = timers.nanoTime() - 1;
  }

  /** The view was the current one at {@code known}: the lease counts from then (R20). */
  void answersUntil(long known) {
    long until = known + settings.lease().toNanos();
    if (until - answersUntil > 0) {
      answersUntil = until;
    }
  }

  // ---- for every invocation ----

  Placement placement(Invocation invocation) {
    ActorId actor = invocation.actor();
    Table now = table;
    Placement placement = now.placement(actor);
    if (placement == null) {
      return unknown(invocation, now);
    }
    if (placement instanceof Placement.Here && !mayAnswer()) {
      return new Placement.Nowhere(uncertain(invocation));
    }
    if (placement instanceof Placement.Here(Gate gate)) {
      return gate.isOpening() ? behind(gate, invocation, now.partitions(), placement) : placement;
    }
    Gate nested = handover.nested(invocation, now.partitions());
    return nested != null ? new Placement.Here(nested) : placement;
  }

  /** A call that somebody waits for who is still behind the former gate must go there. */
  private Placement behind(Gate own, Invocation invocation, int partitions, Placement placement) {
    Gate former = handover.nested(invocation, partitions);
    if (former != null) {
      return new Placement.Here(former);
    }
    Incarnation holder = handover.holder(invocation, own);
    Member member = holder == null ? null : latest.member(holder);
    return member == null ? placement : new Placement.At(links.peer(member));
  }

  private Placement unknown(Invocation invocation, Table now) {
    if (now == Table.NOBODY) {
      return new Placement.Nowhere(
          Failure.notExecuted(
                  FailureCode.NODE_UNAVAILABLE,
                  invocation + " was refused: this node is not a member of the mesh now")
              .retryAfter(Duration.ofSeconds(1)));
    }
    if (hosted.containsKey(invocation.actor().type()) && !resigning) {
      return unplaced;
    }
    return new Placement.Nowhere(
        Failure.notExecuted(
            FailureCode.UNKNOWN_TYPE,
            "%s cannot run: no node of the mesh hosts the actor type %s"
                .formatted(invocation, invocation.actor().type())));
  }

  private static Failure uncertain(Invocation invocation) {
    return Failure.notExecuted(
            FailureCode.NODE_UNAVAILABLE,
            invocation
                + " was refused: this node reaches neither the database nor the coordination"
                + " service, and cannot know whether the actor still is its own")
        .retryAfter(Duration.ofSeconds(1));
  }

  boolean mayAnswer() {
    return timers.nanoTime() - answersUntil < 0;
  }

  boolean speaksFor(ActorId actor) {
    return table.speaksFor(actor);
  }

  // ---- for people ----

  Map<ActorType, Kind> types() {
    return table.kinds();
  }

  Map<ActorType, List<ChannelDefinition>> channels() {
    return table.channels();
  }

  boolean isServedElsewhere(ActorType type) {
    Incarnation own = table.self();
    return latest.members().values().stream()
        .anyMatch(
            member -> {
              Offer offer = member.hosted().get(type);
              return offer != null && !offer.standby() && !member.incarnation().equals(own);
            });
  }

  List<Member> members() {
    return List.copyOf(latest.members().values());
  }

  /**
   * @param leader as the membership knows it; null if it does not
   */
  MeshStatus status(@Nullable Incarnation leader) {
    Table now = table;
    Roster known = latest;
    return new MeshStatus(
        now.view(),
        known.member(now.self()),
        leader == null ? null : known.member(leader),
        List.copyOf(known.members().values()),
        now.shards());
  }

  Slots slots(ActorType type) {
    return table.slots(type);
  }

  Map<ActorType, List<@Nullable Member>> owners() {
    Table now = table;
    Map<ActorType, List<@Nullable Member>> owners = new HashMap<>();
    now.types()
        .forEach(
            (type, spread) -> {
              if (!now.hosts().containsKey(type)) {
                List<@Nullable Member> partitions = new ArrayList<>(spread.length);
                for (Placement placement : spread) {
                  partitions.add(owner(now, placement));
                }
                owners.put(type, partitions);
              }
            });
    return owners;
  }

  @Nullable Member owner(ActorId actor) {
    Table now = table;
    if (!now.hasOwner(actor)) {
      return null;
    }
    return owner(now, now.placement(actor));
  }

  private @Nullable Member owner(Table now, @Nullable Placement placement) {
    return switch (placement) {
      case Placement.Here here -> latest.member(now.self());
      case Placement.At(Links.Remote peer) -> peer.member();
      case null, default -> null;
    };
  }
}
