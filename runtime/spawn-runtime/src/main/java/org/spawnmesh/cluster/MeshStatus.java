package org.spawnmesh.cluster;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorType;

/**
 * What one node knows of the mesh, for people. Immutable.
 *
 * @param view the number of the view that this node acts in; 0 if it is in none
 * @param self this node, as the others know it; null if it is not a member now
 * @param leader who raises the next view, as far as this node knows; null if it does not
 * @param members of the latest view that this node knows, the oldest first
 * @param shards what this node owns, by actor type
 */
public record MeshStatus(
    long view,
    @Nullable Member self,
    @Nullable Member leader,
    List<Member> members,
    Map<ActorType, Shards> shards) {

  /** A node that is in no mesh. */
  public static final MeshStatus NONE = new MeshStatus(0, null, null, List.of(), Map.of());

  /**
   * Shards of one type that have their owner in this node.
   *
   * @param open serve calls
   * @param opening let calls wait until no other node holds the shard any more
   */
  public record Shards(int open, int opening) {

    Shards and(Gate gate) {
      return gate.isOpen() ? new Shards(open + 1, opening) : new Shards(open, opening + 1);
    }
  }

  public MeshStatus {
    members = List.copyOf(members);
    shards = Map.copyOf(shards);
  }
}
