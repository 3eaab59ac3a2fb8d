package org.spawnmesh.store;

import java.time.Duration;
import java.util.Set;

/**
 * The database's word on who may write: nodes, their writers and the view, of one actor system.
 *
 * <p>A node is REGISTERED, then MEMBER, then FENCED, one way. Only the writers of a MEMBER can
 * commit, so whoever is fenced cannot change anything any more, whatever it believes itself.
 *
 * <p>Thread-safe; calls block. All methods throw {@link StoreUnavailableException} if the store
 * cannot be reached.
 */
public interface Ledger {

  /**
   * Adds a node in state REGISTERED, with {@code writers} writers that have used batch 0. When this
   * returns, the row is durable.
   *
   * @param node name for people, for example {@code host:port}
   * @param writers at least one
   */
  Incarnation register(String node, int writers);

  /** The current view; number 0 without members before the first was raised. */
  View view();

  /**
   * The current view, for somebody who knows one: {@code known} itself if it has the number and the
   * members of the current one. A store need not read the details then, which may be long.
   */
  default View view(View known) {
    View now = view();
    return now.isSameAs(known) ? known : now;
  }

  /**
   * Makes {@code members} the next view, if {@code from} is still the current one: promotes those
   * that are REGISTERED, and fences every MEMBER that is not in it, in one transaction. Commits of
   * fenced nodes that are under way are finished or can never happen when this returns.
   *
   * @throws ViewConflictException if another view was raised meanwhile, or one of the members is
   *     fenced or unknown; nothing was changed
   * @param details to be kept with the view
   * @throws OutcomeUnknownException if the view may have been raised, or may still be; {@link
   *     #view} tells, and trying again is safe
   */
  View raise(View from, Set<Incarnation> members, String details);

  /** Raises a view without details. */
  default View raise(View from, Set<Incarnation> members) {
    return raise(from, members, "");
  }

  /** Is this node MEMBER now, by the store's own word? */
  boolean isMember(Incarnation incarnation);

  /**
   * Takes the lock that one standalone node of this system holds while it runs. It only decides who
   * may start; what keeps state safe is the fence.
   *
   * @param patience how long to wait for a node that is just stopping
   * @throws StoreLockedException if another node still holds it then
   */
  StandaloneLock lockStandalone(Duration patience);

  /** Held by a running standalone node. */
  interface StandaloneLock extends AutoCloseable {

    /** Asks the store; false once the connection that held the lock is gone. Blocks briefly. */
    boolean isHeld();

    @Override
    void close();
  }
}
