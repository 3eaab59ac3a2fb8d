package org.spawnmesh.cluster;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.ChannelDefinition;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Slots;

/**
 * Where everything is in one view, as one node sees it. Immutable; gates have states of their own.
 *
 * @param self this node in that view
 * @param types where actors are placed, by partition, or all at one place
 * @param hosts who hosts the types that run where they are called
 * @param kinds of all types
 * @param channels what NAMED actors and pools listen to
 */
record Table(
    long view,
    Incarnation self,
    int partitions,
    Map<ActorType, Placement[]> types,
    Map<ActorType, List<Incarnation>> hosts,
    Map<ActorType, Kind> kinds,
    Map<ActorType, List<ChannelDefinition>> channels) {

  /** Of a node that is in no view. */
  static final Table NOBODY =
      new Table(0, new Incarnation(0), 1, Map.of(), Map.of(), Map.of(), Map.of());

  /**
   * @param mine the gates of the shards that the view gives to {@code me}
   * @param peers how another member is reached
   */
  static Table of(
      Roster roster,
      Routes routes,
      Map<Shard, Gate> mine,
      Member me,
      Function<Member, Peer> peers) {
    Map<ActorType, Placement[]> types = new HashMap<>();
    Map<ActorType, List<Incarnation>> hosts = new HashMap<>();
    Map<Incarnation, Placement> members = new HashMap<>();
    for (Member member : roster.members().values()) {
      members.put(member.incarnation(), new Placement.At(peers.apply(member)));
    }
    members.put(me.incarnation(), Placement.HERE);
    routes
        .owners()
        .forEach(
            (type, owners) -> {
              Placement[] spread = new Placement[owners.length];
              for (int i = 0; i < owners.length; i++) {
                Gate gate = mine.get(new Shard(type, i));
                spread[i] = gate != null ? new Placement.Here(gate) : of(owners[i], members);
              }
              types.put(type, spread);
            });
    routes
        .hosts()
        .forEach(
            (type, some) -> {
              hosts.put(type, some.stream().map(Member::incarnation).toList());
              Placement[] spread = new Placement[roster.partitions()];
              boolean here = hosts.get(type).contains(me.incarnation());
              for (int i = 0; i < spread.length; i++) {
                spread[i] = of(here ? me : some.get(i % some.size()), members);
              }
              types.put(type, spread);
            });
    return new Table(
        roster.view(),
        me.incarnation(),
        roster.partitions(),
        types,
        hosts,
        Map.copyOf(routes.kinds()),
        Map.copyOf(routes.channels()));
  }

  private static Placement of(Member member, Map<Incarnation, Placement> members) {
    return Objects.requireNonNull(members.get(member.incarnation()));
  }

  /** Null if nobody hosts its type. */
  @Nullable Placement placement(ActorId actor) {
    Placement[] spread = types.get(actor.type());
    return spread == null ? null : spread[partition(actor)];
  }

  private int partition(ActorId actor) {
    return Shard.partition(actor.name(), partitions);
  }

  boolean owns(ActorId actor) {
    return placement(actor) instanceof Placement.Here;
  }

  /** Is the actor owned by somebody, and not run wherever it is called? */
  boolean hasOwner(ActorId actor) {
    return types.containsKey(actor.type()) && !hosts.containsKey(actor.type());
  }

  /** Of all nodes that host the actor, one says yes. */
  boolean speaksFor(ActorId actor) {
    List<Incarnation> some = hosts.get(actor.type());
    return some == null ? owns(actor) : some.get(partition(actor) % some.size()).equals(self);
  }

  /** The actors of a slot have one partition if there are no more of these, else all slots. */
  Slots slots(ActorType type) {
    Placement[] spread = types.get(type);
    if (spread == null) {
      return Slots.of(slot -> false);
    }
    if (Slots.COUNT % partitions != 0) {
      return Slots.ALL;
    }
    return Slots.of(
        slot -> spread[slot % partitions] instanceof Placement.Here(Gate gate) && gate.isOpen());
  }

  /** What this node owns, by actor type. */
  Map<ActorType, MeshStatus.Shards> shards() {
    Map<ActorType, MeshStatus.Shards> shards = new HashMap<>();
    types.forEach(
        (type, spread) -> {
          for (Placement placement : spread) {
            if (placement instanceof Placement.Here(Gate gate) && gate.shard() != null) {
              shards.merge(
                  type, new MeshStatus.Shards(0, 0).and(gate), (some, one) -> some.and(gate));
            }
          }
        });
    return shards;
  }
}
