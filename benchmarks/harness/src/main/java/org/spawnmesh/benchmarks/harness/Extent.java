package org.spawnmesh.benchmarks.harness;

import java.time.Duration;

/** How long a phase of a closed loop lasts. */
sealed interface Extent {

  /** Callers send until the time is over; requests under way are awaited and counted. */
  record Time(Duration length) implements Extent {}

  /** Each caller sends this many requests, however long that takes. */
  record Requests(long perCaller) implements Extent {}
}
