package org.spawnmesh.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.ChannelDefinition;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Scatter;
import org.spawnmesh.cluster.Member.Offer;
import org.spawnmesh.store.Incarnation;

/**
 * Who owns which shard: nothing but the members of a view and arithmetic, so all nodes of a view
 * agree, and no table is stored. Immutable.
 *
 * <p>The owner of a shard is the member with the highest score for it: rendezvous hashing (Thaler,
 * Ravishankar: "Using Name-Based Mappings to Increase Hit Rates", 1998). Who leaves gives its
 * shards to all others evenly, and nothing else moves.
 */
final class Routes {

  private final int partitions;

  /** Owners by partition; not for types that run where they are called. */
  private final Map<ActorType, Member[]> owners = new HashMap<>();

  /** Who hosts a type that runs where it is called. */
  private final Map<ActorType, List<Member>> hosts = new HashMap<>();

  private final Map<ActorType, Kind> kinds = new HashMap<>();

  /** What NAMED actors and pools listen to. */
  private final Map<ActorType, List<ChannelDefinition>> channels = new HashMap<>();

  /** Who owns a shard, of whatever type. */
  private final Set<Incarnation> owning = new HashSet<>();

  Routes(Roster roster) {
    partitions = roster.partitions();
    Map<ActorType, List<Member>> hashed = new HashMap<>();
    Map<ActorType, List<Member>> pinned = new HashMap<>();
    served(roster)
        .forEach(
            (type, members) -> {
              for (Member member : members) {
                Map<ActorType, List<Member>> group =
                    switch (offer(member, type).placing()) {
                      case HASH -> hashed;
                      case PINNED -> pinned;
                      case LOCAL -> hosts;
                    };
                group.computeIfAbsent(type, t -> new ArrayList<>()).add(member);
              }
              Offer first = offer(members.getFirst(), type);
              kinds.put(type, first.kind());
              if (!first.channels().isEmpty()) {
                channels.put(type, first.channels());
              }
            });
    hashed.putAll(pinned);
    hashed.forEach((type, candidates) -> owners.put(type, spread(type, candidates)));
    for (Member[] spread : owners.values()) {
      for (Member owner : spread) {
        owning.add(owner.incarnation());
      }
    }
    // of members that disagree, those that want one owner win: it is the stricter promise
    hosts.keySet().removeAll(owners.keySet());
  }

  /** Who takes part in each type: those on standby only where there is nobody else. */
  private static Map<ActorType, List<Member>> served(Roster roster) {
    Map<ActorType, List<Member>> ready = new HashMap<>();
    Map<ActorType, List<Member>> standby = new HashMap<>();
    for (Member member : roster.members().values()) {
      member
          .hosted()
          .forEach(
              (type, offer) ->
                  (offer.standby() ? standby : ready)
                      .computeIfAbsent(type, t -> new ArrayList<>())
                      .add(member));
    }
    standby.forEach(ready::putIfAbsent);
    return ready;
  }

  private static Offer offer(Member member, ActorType type) {
    return Objects.requireNonNull(member.hosted().get(type));
  }

  private Member[] spread(ActorType type, List<Member> candidates) {
    long salt = Shard.hash(type.system() + ":" + type.name());
    Member[] spread = new Member[partitions];
    for (int partition = 0; partition < partitions; partition++) {
      long shard = Scatter.mix(salt + partition);
      Member best = candidates.getFirst();
      long bestScore = score(shard, best);
      for (int i = 1; i < candidates.size(); i++) {
        Member candidate = candidates.get(i);
        long score = score(shard, candidate);
        // candidates ascend, so of equal scores the older node has it
        if (Long.compareUnsigned(score, bestScore) > 0) {
          best = candidate;
          bestScore = score;
        }
      }
      spread[partition] = best;
    }
    return spread;
  }

  private static long score(long shard, Member member) {
    return Scatter.mix(shard ^ Scatter.mix(member.incarnation().number()));
  }

  int partitions() {
    return partitions;
  }

  /** Types whose shards have owners, with their owners by partition, to be read only. */
  Map<ActorType, Member[]> owners() {
    return owners;
  }

  /** Types that run where they are called, with the members that host them. */
  Map<ActorType, List<Member>> hosts() {
    return hosts;
  }

  /**
   * What the actors of NAMED types and pools listen to; types that listen to nothing are not there.
   */
  Map<ActorType, List<ChannelDefinition>> channels() {
    return channels;
  }

  /** All types that are hosted, with their kinds; of members that disagree, the oldest is right. */
  Map<ActorType, Kind> kinds() {
    return kinds;
  }

  boolean isOwner(Incarnation member) {
    return owning.contains(member);
  }

  /** Null if nobody hosts the type. */
  @Nullable Member owner(Shard shard) {
    Member[] spread = owners.get(shard.type());
    return spread == null ? null : spread[shard.partition()];
  }
}
