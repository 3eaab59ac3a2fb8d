package org.spawnmesh.actor;

/** Spreads numbers that are near each other over all others, the same everywhere and for ever. */
public final class Scatter {

  private Scatter() {}

  /**
   * The finalizer of SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Generators").
   */
  public static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
