package org.spawnmesh.examples.mesh.chaos;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What was done to one register, which holds 0 at first, and whether it can be explained by doing
 * it one after the other: each at some moment between its begin and its end.
 *
 * <p>The search is that of Wing and Gong, which tries every operation that may have been the next,
 * with Lowe's memory: what was done already, as a set, and the value it left, are tried once. Not
 * thread-safe.
 */
final class History {

  private static final long NEVER = Long.MAX_VALUE;

  /** One operation; moments are of one clock. */
  private record Operation(boolean write, long value, long begun, long ended) {

    /** Nobody heard that it was done; perhaps it never was. */
    boolean isOptional() {
      return ended == NEVER;
    }

    @Override
    public String toString() {
      return "%s %d [%d, %s]"
          .formatted(write ? "write" : "read", value, begun, isOptional() ? "?" : ended);
    }
  }

  /** Where the search has been: what is done, and the value after it. */
  private record Place(BitSet done, long value) {}

  private final List<Operation> operations = new ArrayList<>();

  void written(long value, long begun, long ended) {
    operations.add(new Operation(true, value, begun, ended));
  }

  /** A write of which nobody knows whether it was done, or will be. */
  void perhapsWritten(long value, long begun) {
    operations.add(new Operation(true, value, begun, NEVER));
  }

  void read(long value, long begun, long ended) {
    operations.add(new Operation(false, value, begun, ended));
  }

  int size() {
    return operations.size();
  }

  /** Each value must have been written once at most. */
  boolean isLinearizable() {
    Set<Long> seen =
        operations.stream()
            .filter(operation -> !operation.write())
            .map(Operation::value)
            .collect(Collectors.toSet());
    // what perhaps was written and nobody saw explains nothing, and only costs time
    return new Search(
            operations.stream()
                .filter(operation -> !operation.isOptional() || seen.contains(operation.value()))
                .toList())
        .succeeds();
  }

  /** All that was done, in the order in which it began. */
  @Override
  public String toString() {
    StringBuilder all = new StringBuilder();
    operations.stream()
        .sorted(Comparator.comparingLong(Operation::begun))
        .forEach(operation -> all.append("  ").append(operation).append('\n'));
    return all.toString();
  }

  private static final class Search {

    private final List<Operation> operations;
    private final BitSet done = new BitSet();
    private final Set<Place> tried = new HashSet<>();
    private long value;

    Search(List<Operation> operations) {
      this.operations = operations;
    }

    boolean succeeds() {
      if (allThatMustBe()) {
        return true;
      }
      if (!tried.add(new Place((BitSet) done.clone(), value))) {
        return false;
      }
      long firstEnd = NEVER;
      for (int i = done.nextClearBit(0); i < operations.size(); i = done.nextClearBit(i + 1)) {
        firstEnd = Math.min(firstEnd, operations.get(i).ended());
      }
      for (int i = done.nextClearBit(0); i < operations.size(); i = done.nextClearBit(i + 1)) {
        Operation next = operations.get(i);
        // what began after another one's end came after it
        if (next.begun() <= firstEnd && (next.write() || next.value() == value)) {
          long before = value;
          value = next.value();
          done.set(i);
          if (succeeds()) {
            return true;
          }
          done.clear(i);
          value = before;
        }
      }
      return false;
    }

    private boolean allThatMustBe() {
      for (int i = done.nextClearBit(0); i < operations.size(); i = done.nextClearBit(i + 1)) {
        if (!operations.get(i).isOptional()) {
          return false;
        }
      }
      return true;
    }
  }
}
