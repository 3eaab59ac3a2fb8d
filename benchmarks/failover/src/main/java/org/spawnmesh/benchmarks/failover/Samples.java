package org.spawnmesh.benchmarks.failover;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Times of one kind, in milliseconds. Not thread-safe. */
final class Samples {

  private final List<Double> millis = new ArrayList<>();

  void add(Duration time) {
    millis.add(time.toNanos() / 1e6);
    Collections.sort(millis);
  }

  int size() {
    return millis.size();
  }

  /** The smallest that so many percent do not exceed; 0 if there is none. */
  double percentile(int percent) {
    if (millis.isEmpty()) {
      return 0;
    }
    return millis.get(Math.max(0, (int) Math.ceil(millis.size() * percent / 100.0) - 1));
  }

  double longest() {
    return percentile(100);
  }
}
