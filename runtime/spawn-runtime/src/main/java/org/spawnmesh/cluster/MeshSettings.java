package org.spawnmesh.cluster;

import java.time.Duration;
import java.util.Set;

/**
 * How a node takes part in a mesh. Immutable.
 *
 * @param node this node's name for people, the same after a restart
 * @param version of the software, for people
 * @param partitions into how many shards an actor type is cut; fixed when the mesh first starts,
 *     and the same on all nodes
 * @param lease how long a node may show what it has in memory after it last knew that it was not
 *     fenced
 * @param joinPatience how long a node waits to be taken in before it says why it was not
 * @param silence how long a member may be silent before it is evicted
 * @param batching how long the leader waits for more nodes that come or change before it raises a
 *     view for them; nodes that are gone do not wait
 * @param holds how many calls to one shard may wait until it has moved here
 * @param pinned names of actor types that this node asks to own: of each, only nodes that ask for
 *     it own actors, as long as there is one; does not count for types whose actors have no owner
 * @param management where this node's management API listens, for whoever looks for it; empty if
 *     there is none, see {@link Member#management}
 */
public record MeshSettings(
    String node,
    String version,
    int partitions,
    Duration lease,
    Duration joinPatience,
    Duration silence,
    Duration batching,
    int holds,
    Set<String> pinned,
    String management) {

  public static final int DEFAULT_PARTITIONS = 256;

  public MeshSettings {
    if (partitions < 1 || partitions > 65_536) {
      throw new IllegalArgumentException(
          "A type can be cut into 1 to 65536 partitions, not " + partitions);
    }
    pinned = Set.copyOf(pinned);
  }

  /** What suits most; only the name has to be chosen. */
  public static MeshSettings of(String node) {
    return new MeshSettings(
        node,
        "",
        DEFAULT_PARTITIONS,
        Duration.ofSeconds(5),
        Duration.ofSeconds(30),
        Duration.ofSeconds(3),
        Duration.ofMillis(100),
        4096,
        Set.of(),
        "");
  }

  public MeshSettings withVersion(String value) {
    return new MeshSettings(
        node, value, partitions, lease, joinPatience, silence, batching, holds, pinned, management);
  }

  public MeshSettings withPartitions(int value) {
    return new MeshSettings(
        node, version, value, lease, joinPatience, silence, batching, holds, pinned, management);
  }

  public MeshSettings withLease(Duration value) {
    return new MeshSettings(
        node,
        version,
        partitions,
        value,
        joinPatience,
        silence,
        batching,
        holds,
        pinned,
        management);
  }

  public MeshSettings withJoinPatience(Duration value) {
    return new MeshSettings(
        node, version, partitions, lease, value, silence, batching, holds, pinned, management);
  }

  public MeshSettings withSilence(Duration value) {
    return new MeshSettings(
        node, version, partitions, lease, joinPatience, value, batching, holds, pinned, management);
  }

  public MeshSettings withBatching(Duration value) {
    return new MeshSettings(
        node, version, partitions, lease, joinPatience, silence, value, holds, pinned, management);
  }

  public MeshSettings withPinned(Set<String> value) {
    return new MeshSettings(
        node,
        version,
        partitions,
        lease,
        joinPatience,
        silence,
        batching,
        holds,
        value,
        management);
  }

  public MeshSettings withManagement(String value) {
    return new MeshSettings(
        node, version, partitions, lease, joinPatience, silence, batching, holds, pinned, value);
  }
}
