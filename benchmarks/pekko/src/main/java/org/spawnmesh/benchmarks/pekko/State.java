package org.spawnmesh.benchmarks.pekko;

/** The state of a counter entity. */
record State(long value, String label) implements CborSerializable {
  static final State EMPTY = new State(0, "");

  State plus(long n) {
    return new State(value + n, "updated");
  }
}
