package org.spawnmesh.cluster;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Broadcast;
import org.spawnmesh.actor.ChannelDefinition;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Ledger;
import org.spawnmesh.store.Slots;

/**
 * This node's place in the mesh: how it becomes a member, and who owns which actor.
 *
 * <p>{@link #placement} and {@link #mayAnswer} are called for every invocation, from many threads,
 * and do not block. {@link #join}, {@link #isJoined} and {@link #leave} are called by one thread at
 * a time and may block.
 */
public interface Cluster {

  /**
   * Becomes a member with a new incarnation; a former one is not used any more.
   *
   * @param writers how many writers the node commits with
   * @return fails with a {@link org.spawnmesh.store.StoreException} if the store refuses or cannot
   *     be reached, or if nobody takes this node in; joining may be tried again
   */
  CompletionStage<Incarnation> join(Ledger ledger, int writers, LocalNode node);

  /** The actor types that this node hosts from now on. */
  default void host(Map<ActorType, Member.Offer> types) {}

  /**
   * Does every node know by now what this one hosts?
   *
   * @return completes when a view that says so has come to all members, which may never be; who
   *     waits no more may cancel it
   */
  default CompletionStage<?> placed() {
    return CompletableFuture.completedStage(null);
  }

  /**
   * The actor types that some node of the current view hosts, and of which kind they are. Does not
   * block; the same object as long as the view is the same.
   */
  default Map<ActorType, Kind> types() {
    return Map.of();
  }

  /**
   * What the actors of NAMED types and pools listen to that some node of the current view hosts;
   * types that listen to nothing are left out. Does not block.
   */
  default Map<ActorType, List<ChannelDefinition>> channels() {
    return Map.of();
  }

  /** Does another node take actors of this type? One that does on standby does not count. */
  default boolean isServedElsewhere(ActorType type) {
    return false;
  }

  /** Where this invocation goes in the current view. */
  Placement placement(Invocation invocation);

  /**
   * Some parts of a type, in which are all of its actors that are placed on this node, and few
   * others.
   */
  default Slots slots(ActorType type) {
    return Slots.ALL;
  }

  /**
   * May this node show what it has in memory? False when it could have been fenced without noticing
   * (R20).
   */
  default boolean mayAnswer() {
    return true;
  }

  /**
   * A peer did not take an invocation that was placed at it.
   *
   * @param view what the peer said: it is in this view
   * @return completes when it makes sense to ask {@link #placement} again
   */
  default CompletionStage<?> moved(long view) {
    return CompletableFuture.completedStage(null);
  }

  /**
   * Is it this node that tells this actor what was broadcast? Of all nodes that host it, one says
   * yes.
   */
  default boolean speaksFor(ActorId actor) {
    return true;
  }

  /** Sends a broadcast to the other nodes that may have subscribers; at most once. */
  default void cast(Broadcast broadcast, ActorId source, Map<String, String> metadata) {}

  /** Is what {@link #join} achieved still valid? May ask the store. */
  boolean isJoined();

  /** How often {@link #isJoined} is to be called. */
  default Duration checkInterval() {
    return Duration.ofSeconds(2);
  }

  /**
   * Gives all actors to other nodes, while this one still serves what it has.
   *
   * @return completes when this node owns nothing, or cannot give it to anybody
   */
  default CompletionStage<?> resign() {
    return CompletableFuture.completedStage(null);
  }

  /** Leaves for good; harmless if this node is not a member. */
  void leave();

  /** The members of the current view, for people. */
  default List<Member> members() {
    return List.of();
  }

  /** What this node knows of the mesh, for people. */
  default MeshStatus status() {
    return MeshStatus.NONE;
  }

  /**
   * Who owns each partition of each type in the current view, for people; types whose actors have
   * no owner are left out, and where nobody owns a partition its element is null.
   */
  default Map<ActorType, List<@Nullable Member>> owners() {
    return Map.of();
  }

  /**
   * Who owns this actor in the current view, for people; null if nobody does, or if actors of its
   * type have no owner.
   */
  default @Nullable Member owner(ActorId actor) {
    return null;
  }
}
