package org.spawnmesh.cluster;

import java.nio.charset.StandardCharsets;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;

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
    // String.hashCode is specified, so all versions agree; the string keeps it, so it costs nothing
    return (int) Long.remainderUnsigned(mix(name.hashCode()), partitions);
  }

  /** FNV-1a (Fowler, Noll, Vo) over the UTF-8 bytes, mixed so that every bit counts. */
  static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return mix(hash);
  }

  /**
   * The finalizer of SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Generators").
   */
  static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  @Override
  public String toString() {
    return type + "#" + partition;
  }
}
