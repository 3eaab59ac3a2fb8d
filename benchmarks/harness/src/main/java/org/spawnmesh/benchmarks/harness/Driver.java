package org.spawnmesh.benchmarks.harness;

import java.util.Locale;

/** How a caller waits for its reply. */
enum Driver {
  /** Each caller is a virtual thread that blocks: how application code reads. */
  VT,
  /** Each caller sends its next request from the callback of the reply: the least driver cost. */
  ASYNC;

  /** As it stands in a measurement. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
