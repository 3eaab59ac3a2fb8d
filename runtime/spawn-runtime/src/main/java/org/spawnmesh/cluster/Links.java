package org.spawnmesh.cluster;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.cluster.PeerTransport.Link;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.View;

/** The connections to other nodes, made when they are used first. Thread-safe. */
final class Links {

  /** How much it may cost to tell one view to all; they read a larger one. */
  private static final long TOLD_BYTES = 16 << 20;

  private static final Duration FIRST_WORD = Duration.ofSeconds(1);

  private final PeerTransport transport;
  private final LongSupplier view;
  private final ConcurrentHashMap<Incarnation, Link> links = new ConcurrentHashMap<>();

  /**
   * @param view which this node is in when it sends something
   */
  Links(PeerTransport transport, LongSupplier view) {
    this.transport = transport;
    this.view = view;
  }

  Link to(Member member) {
    return links.computeIfAbsent(member.incarnation(), incarnation -> transport.link(member));
  }

  void send(Member peer, PeerMessage message) {
    to(peer).send(view.getAsLong(), message);
  }

  /** Tells the other members of a view that was raised, unless it is large. */
  void tell(View raised, Roster roster, Member me) {
    if ((long) raised.details().length() * roster.members().size() > TOLD_BYTES) {
      return;
    }
    for (Member peer : roster.members().values()) {
      // not by what it hosts, which may have changed since the view was proposed
      if (!peer.incarnation().equals(me.incarnation())) {
        send(peer, new PeerMessage.Raised(raised));
      }
    }
  }

  Peer peer(Member member) {
    return new Remote(member, this);
  }

  /** A member, reached in whatever view this node is. */
  record Remote(Member member, Links links) implements Peer {

    @Override
    public String name() {
      return member.toString();
    }

    @Override
    public CompletionStage<PeerAnswer> invoke(Invocation invocation) {
      return links.to(member).invoke(links.view.getAsLong(), invocation);
    }
  }

  /** Connects to who may be in the next view, so that no shard has to wait for that then. */
  void meet(Map<Incarnation, Member> live, Member me) {
    live.forEach(
        (incarnation, peer) -> {
          if (!links.containsKey(incarnation) && !incarnation.equals(me.incarnation())) {
            to(peer).probe(FIRST_WORD);
          }
        });
  }

  /**
   * Closes the links to who is neither a member nor about to be one; those to members are used, and
   * so made, at once.
   *
   * @param live who may be in the next view
   * @return the members but for {@code me}
   */
  Set<Incarnation> keep(Roster roster, Member me, Set<Incarnation> live) {
    Set<Incarnation> peers = new HashSet<>();
    for (Member peer : roster.members().values()) {
      if (!peer.incarnation().equals(me.incarnation())) {
        peers.add(peer.incarnation());
      }
    }
    links.forEach(
        (incarnation, link) -> {
          boolean wanted = peers.contains(incarnation) || live.contains(incarnation);
          if (!wanted && links.remove(incarnation, link)) {
            link.close();
          }
        });
    return peers;
  }

  void closeAll() {
    links.values().forEach(Link::close);
    links.clear();
  }
}
