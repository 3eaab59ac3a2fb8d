package org.spawnmesh.store;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;

/**
 * Keeps the latest {@link Snapshot} of each actor and, if asked to, earlier ones.
 *
 * <p>Thread-safe; calls block, and come from virtual threads (loads) and from the writers' threads
 * (commits). Every implementation passes {@code StateStoreContract}.
 */
public interface StateStore extends AutoCloseable {

  /**
   * The latest snapshot, or empty if this actor was never saved.
   *
   * @throws UnreadableStateException if there is one that cannot be read: corrupt, or encrypted
   *     with a key that is not in the ring
   * @throws StoreUnavailableException if the store cannot answer now
   */
  Optional<Snapshot> load(ActorId actor);

  /**
   * Makes all changes durable with what is enclosed in them, and the upkeep, or nothing. When this
   * returns, every node sharing the store loads them or something newer. In the same transaction
   * the writer's batch number goes from {@code commit.batch() - 1} to {@code commit.batch()}, if
   * its node is MEMBER; this fences the writer and is the proof of the batch's fate in one
   * statement.
   *
   * @throws FencedException the writer is fenced, or its batch number is not the expected one;
   *     nothing was changed
   * @throws StaleRevisionException an actor's stored revision is not the expected one; nothing was
   *     changed
   * @throws CommitRefusedException the store cannot hold one of the changes, and never will;
   *     nothing was changed
   * @throws StoreUnavailableException the commit surely did not happen and may be tried again with
   *     the same batch number
   * @throws OutcomeUnknownException it may have happened, or may still happen; {@link #resolve}
   *     tells
   */
  void commit(Commit commit);

  /**
   * Finds out whether a commit with an unknown outcome happened, and makes sure that it never
   * happens later: if the batch number was not used yet, it is used up as void. Safe to repeat.
   *
   * @throws IllegalArgumentException if {@code batch} is neither the writer's last batch nor the
   *     next one
   * @throws StoreUnavailableException if the store cannot answer now; repeat until it does
   */
  Fate resolve(WriterId writer, long batch);

  /** What became of a batch. */
  enum Fate {
    /** It is durable; the batch number is used. */
    COMMITTED,
    /** It never happened and never will; the batch number is used up. */
    VOID,
    /** It never happened and never will, because the writer is fenced. */
    FENCED
  }

  /** The newest {@code limit} kept revisions, newest first, without the latest if not kept. */
  List<Revision> history(ActorId actor, int limit);

  /** An actor's state at one of its revisions, and who caused it. */
  record Revision(Snapshot snapshot, Cause cause) {}

  /** What actors have yet to send, to do and to remember. */
  Agenda agenda();

  /**
   * Stored actors of a type whose names begin with {@code prefix}, in the order of their names: by
   * code point or by UTF-16 unit, as the store has it, and always the same. Reads no state and
   * costs what {@code limit} rows cost, however many there are.
   *
   * @param prefix empty for all
   * @param after the last name of the page before, or null for the first page
   * @throws StoreUnavailableException if the store cannot answer now
   */
  List<Listed> list(ActorType type, String prefix, @Nullable String after, int limit);

  /**
   * A stored actor at a glance.
   *
   * @param stateType null if its state was erased
   */
  record Listed(String name, long revision, @Nullable String stateType, Map<String, String> tags) {}

  /** Who may write to this store. */
  Ledger ledger();

  /** True if nothing in this store survives the process. */
  boolean isVolatile();

  /** Name for people: what and where, without secrets. */
  String describe();

  @Override
  void close();
}
