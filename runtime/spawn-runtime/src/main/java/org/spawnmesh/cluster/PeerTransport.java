package org.spawnmesh.cluster;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.store.Incarnation;

/**
 * Carries invocations and the mesh's own messages from node to node. It reads neither payloads nor
 * states.
 *
 * <p>Messages of one link arrive in the order in which they were sent, once or, if the connection
 * breaks, not at all. Thread-safe. Every implementation passes {@code PeerTransportContract}.
 */
public interface PeerTransport extends AutoCloseable {

  /**
   * Begins to listen; until {@link #identify} all messages are turned away.
   *
   * @return where other nodes reach this one: {@code host:port}
   */
  String start(Inbox inbox);

  /**
   * Who this node is from now on. Messages for another incarnation are turned away, so that nobody
   * takes a new process, or a new life, for the one that was at its address before. Links that were
   * made as somebody else are closed.
   */
  void identify(Incarnation self);

  /** A link to a node, which connects when it is first used, and again after it broke. */
  Link link(Member to);

  /** Stops listening and closes all links; what was answered before is still sent. */
  @Override
  void close();

  /** The way to one life of another node. Thread-safe; nothing here blocks. */
  interface Link {

    /** Whom it leads to. */
    Member to();

    /**
     * Hands an invocation over.
     *
     * @param view the sender's view
     * @return always completes normally, though perhaps long after the deadline if the receiver is
     *     silent. A broken connection is a failed answer with {@code NODE_UNAVAILABLE}: "not
     *     executed" if the invocation surely was not sent, else "may have". If too much waits to be
     *     sent it is {@code NODE_OVERLOADED}, "not executed".
     */
    CompletionStage<PeerAnswer> invoke(long view, Invocation invocation);

    /** Sends a message; it is dropped if there is no connection, or too much waits to be sent. */
    void send(long view, PeerMessage message);

    /**
     * Asks whether that very life is there; connects if need be.
     *
     * @return always completes normally, by {@code patience}
     */
    CompletionStage<Reach> probe(Duration patience);

    /** Closes when what was sent is answered; nothing more may be sent. */
    void close();
  }

  /** What is known about a node's being there. */
  enum Reach {
    /** It answered. */
    THERE,
    /** It surely is not: nothing listens at its address, or another life does. */
    GONE,
    /** No answer in time: dead, stopped, slow or cut off. */
    SILENT
  }

  /** Where what arrives goes. Called on any thread, and must not block it. */
  interface Inbox {

    /**
     * An invocation of a peer.
     *
     * @param view the view it was sent in
     * @return completes normally
     */
    CompletionStage<PeerAnswer> invoked(Incarnation from, long view, Invocation invocation);

    /** A message of a peer, in the order of its link. */
    void received(Incarnation from, long view, PeerMessage message);

    /**
     * The connection of a link broke or could not be made. Told at each attempt; the first attempt
     * after a break is made at once, so a killed process is {@link Reach#GONE} within milliseconds.
     */
    void broken(Incarnation to, Reach reach);
  }
}
