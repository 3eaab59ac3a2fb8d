package org.spawnmesh.benchmarks.harness;

import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * A fixed number of callers, each with one request under way: the load follows the speed of the
 * peer, so the throughput is its capacity at that concurrency.
 */
record ClosedLoop(
    Counter counter, Op op, Driver driver, int actors, int callers, Set<Long> servers) {

  /**
   * What one phase of the loop saw.
   *
   * @param starved callers that got less than a tenth of the mean; above 0, the real concurrency
   *     was lower than the number of callers
   */
  record Phase(double opsPerSecond, Histogram latencies, long failed, long starved, CpuUse cpu) {
    long acknowledged() {
      return latencies.count();
    }

    /** The same phase, if its requests took so long to be done with. */
    Phase over(double seconds) {
      return new Phase(latencies.count() / seconds, latencies, failed, starved, cpu);
    }
  }

  /** Runs all callers to the end of the phase. */
  Phase run(Extent extent) throws InterruptedException {
    var done = new CountDownLatch(callers);
    var cpu = new CpuMeter(servers);
    long start = System.nanoTime();
    List<Caller> all = Stream.generate(() -> caller(extent, start, done)).limit(callers).toList();
    for (Caller caller : all) {
      switch (driver) {
        case VT -> Thread.ofVirtual().start(caller::block);
        case ASYNC -> caller.send();
      }
    }
    done.await();
    double seconds = (System.nanoTime() - start) / 1e9;
    CpuUse used = cpu.read();

    var latencies = new Histogram();
    all.forEach(caller -> latencies.addAll(caller.latencies()));
    long tenthOfMean = latencies.count() / callers / 10;
    return new Phase(
        latencies.count() / seconds,
        latencies,
        all.stream().mapToLong(Caller::failed).sum(),
        all.stream().filter(caller -> caller.latencies().count() < tenthOfMean).count(),
        used);
  }

  private Caller caller(Extent extent, long start, CountDownLatch done) {
    return switch (extent) {
      case Extent.Time(var length) ->
          new Caller(counter, op, actors, start + length.toNanos(), Long.MAX_VALUE, done);
      case Extent.Requests(var perCaller) ->
          new Caller(counter, op, actors, start + Long.MAX_VALUE, perCaller, done);
    };
  }
}
