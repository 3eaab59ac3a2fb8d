package org.spawnmesh.store;

import java.util.BitSet;
import java.util.function.IntPredicate;
import org.spawnmesh.actor.ActorId;

/**
 * Some of the {@value #COUNT} parts into which the actors of a type are cut wherever a store must
 * find those of one node. With as many partitions in the mesh, a slot is a shard. Immutable.
 */
public final class Slots {

  public static final int COUNT = 256;

  public static final Slots ALL = of(slot -> true);

  private final BitSet bits;

  private Slots(BitSet bits) {
    this.bits = bits;
  }

  public static Slots of(IntPredicate chosen) {
    BitSet bits = new BitSet(COUNT);
    for (int slot = 0; slot < COUNT; slot++) {
      bits.set(slot, chosen.test(slot));
    }
    return new Slots(bits);
  }

  /** The slot of an actor, the same on every node and in every version. */
  public static int of(ActorId actor) {
    return actor.partition(COUNT);
  }

  public boolean contains(ActorId actor) {
    return bits.get(of(actor));
  }

  public boolean isAll() {
    return bits.cardinality() == COUNT;
  }

  public boolean isEmpty() {
    return bits.isEmpty();
  }

  /** Ascending. */
  public int[] toArray() {
    return bits.stream().toArray();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Slots slots && bits.equals(slots.bits);
  }

  @Override
  public int hashCode() {
    return bits.hashCode();
  }

  @Override
  public String toString() {
    return isAll() ? "all slots" : "slots " + bits;
  }
}
