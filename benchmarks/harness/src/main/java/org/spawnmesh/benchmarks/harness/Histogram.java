package org.spawnmesh.benchmarks.harness;

/**
 * Log-linear histogram of latencies in nanoseconds: 32 buckets for each power of two, so a value is
 * off by at most 3.2 %, up to 36 minutes. Confined to one thread at a time.
 */
final class Histogram {
  private static final int SUB_BITS = 5;
  private static final int SUB = 1 << SUB_BITS;
  private static final int VALUE_BITS = 42;

  private final int[] counts = new int[(VALUE_BITS - SUB_BITS) * SUB];
  private long count;

  void record(long nanos) {
    counts[bucket(Math.max(0, nanos))]++;
    count++;
  }

  void addAll(Histogram other) {
    for (int i = 0; i < counts.length; i++) {
      counts[i] += other.counts[i];
    }
    count += other.count;
  }

  long count() {
    return count;
  }

  /** The latency in microseconds that {@code percent} of the requests did not exceed. */
  double percentileMicros(double percent) {
    long wanted = Math.max(1, (long) Math.ceil(count * percent / 100.0));
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= wanted) {
        return lowerBound(i + 1) / 1e3;
      }
    }
    return 0;
  }

  private int bucket(long value) {
    int shift = Math.max(0, 63 - SUB_BITS - Long.numberOfLeadingZeros(value | 1));
    int i = shift == 0 ? (int) value : shift * SUB + (int) (value >>> shift);
    return Math.min(i, counts.length - 1);
  }

  private static long lowerBound(int bucket) {
    if (bucket < 2 * SUB) {
      return bucket;
    }
    int shift = bucket / SUB - 1;
    return (long) (bucket % SUB + SUB) << shift;
  }
}
