package org.spawnmesh.cluster;

import java.nio.charset.StandardCharsets;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Scatter;

/**
 * A part of the actors of one type: what has one owner and moves as a whole. Immutable.
 *
 * @param partition from 0 to the mesh's number of partitions, exclusive
 */
public record Shard(ActorType type, int partition) {

  /** The shard of an actor, the same on every node and in every version. */
  public static Shard of(ActorId actor, int partitions) {
    return new Shard(actor.type(), partition(actor.name(), partitions));
  }

  static int partition(String name, int partitions) {
    return ActorId.partition(name, partitions);
  }

  /** FNV-1a (Fowler, Noll, Vo) over the UTF-8 bytes, mixed so that every bit counts. */
  static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return Scatter.mix(hash);
  }

  @Override
  public String toString() {
    return type + "#" + partition;
  }
}
