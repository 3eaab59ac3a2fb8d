package org.spawnmesh.cluster;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.cluster.PeerTransport.Link;
import org.spawnmesh.cluster.PeerTransport.Reach;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.time.Timers;

/**
 * Which members are there, by what this node has tried itself. To be wrong is safe: who is evicted
 * joins again. Confined to the mesh's loop.
 */
final class Presence {

  private static final Logger log = LoggerFactory.getLogger(Presence.class);

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Timers timers;
  private final Serial loop;
  private final Function<Member, Link> links;
  private final Listener listener;
  private final Duration silence;

  private final Set<Incarnation> gone = new HashSet<>();
  private final Map<Incarnation, Long> silentSince = new HashMap<>();
  private final Map<Incarnation, Long> thereAt = new HashMap<>();
  private final Set<Incarnation> probing = new HashSet<>();
  private Roster roster;

  /** Whoever wants to know. */
  interface Listener {

    /** A member was found there, or not. */
    void changed();

    /** A member is not there, which was not known before: whoever leads must look for itself. */
    void missed(Incarnation who);
  }

  /**
   * @param silence how long a member may be silent before it counts as lost
   */
  Presence(
      Timers timers,
      Serial loop,
      Function<Member, Link> links,
      Duration silence,
      Roster roster,
      Listener listener) {
    this.timers = timers;
    this.loop = loop;
    this.links = links;
    this.silence = silence;
    this.roster = roster;
    this.listener = listener;
  }

  /** Who is not a member any more is not of interest. */
  void take(Roster next) {
    roster = next;
    gone.removeIf(incarnation -> !next.has(incarnation));
    silentSince.keySet().removeIf(incarnation -> !next.has(incarnation));
    thereAt.keySet().removeIf(incarnation -> !next.has(incarnation));
  }

  /** What was found out by another life of this node does not count. */
  void clear() {
    gone.clear();
    silentSince.clear();
    thereAt.clear();
  }

  void reached(Incarnation who, Reach reach) {
    Member peer = roster.member(who);
    if (peer == null) {
      return;
    }
    long now = timers.nanoTime();
    switch (reach) {
      case THERE -> {
        gone.remove(who);
        silentSince.remove(who);
        thereAt.put(who, now);
      }
      case GONE -> {
        thereAt.remove(who);
        if (gone.add(who)) {
          log.info("Node {} is gone: it does not answer at {} any more", peer, peer.address());
          listener.missed(who);
        }
      }
      case SILENT -> {
        thereAt.remove(who);
        if (silentSince.putIfAbsent(who, now) == null) {
          log.info("Node {} at {} is silent", peer, peer.address());
          listener.missed(who);
        }
      }
    }
    listener.changed();
  }

  void probe(Member who) {
    if (probing.add(who.incarnation())) {
      links
          .apply(who)
          .probe(PATIENCE)
          .thenAccept(
              reach ->
                  loop.execute(
                      () -> {
                        probing.remove(who.incarnation());
                        reached(who.incarnation(), reach);
                      }));
    }
  }

  /** Tries again who is missed: perhaps it was refused or silent only for a moment. */
  void tick() {
    for (Member member : List.copyOf(roster.members().values())) {
      Incarnation incarnation = member.incarnation();
      if (gone.contains(incarnation) || silentSince.containsKey(incarnation)) {
        probe(member);
      }
    }
  }

  /** Members that were found there a moment ago. */
  Set<Incarnation> there() {
    long limit = timers.nanoTime() - 2 * PATIENCE.toNanos();
    return thereAt.entrySet().stream()
        .filter(entry -> entry.getValue() - limit > 0)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** Members that gave no answer when they were tried last. */
  Set<Incarnation> silent() {
    return Set.copyOf(silentSince.keySet());
  }

  /**
   * Members to be evicted: those that surely are gone, and those that were silent for too long,
   * unless it is this node that hears of too few; then it is the suspect itself (R12).
   */
  Set<Incarnation> lost() {
    Set<Incarnation> lost = new HashSet<>(gone);
    long limit = timers.nanoTime() - silence.toNanos();
    int heard = roster.members().size() - gone.size();
    silentSince.keySet().removeIf(gone::contains);
    boolean most = (heard - silentSince.size()) * 2 > roster.members().size();
    silentSince.forEach(
        (incarnation, since) -> {
          if (most && since - limit <= 0) {
            lost.add(incarnation);
          }
        });
    return lost;
  }
}
