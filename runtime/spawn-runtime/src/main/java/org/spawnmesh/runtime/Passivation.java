package org.spawnmesh.runtime;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.time.Timers.Timer;

/**
 * Lets idle actors sleep: those unused for their idle timeout, and when memory is short those
 * unused for longest. Looks around several times an idle timeout; a million activations take some
 * milliseconds, so no activation needs a timer of its own.
 */
final class Passivation {

  private static final Logger log = LoggerFactory.getLogger(Passivation.class);

  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);

  /** Memory may become short at any time; who does not care looks less often. */
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

  /** What goes at once when memory is short. */
  private static final double SHARE_UNDER_PRESSURE = 0.2;

  private final Activations activations;
  private final DoubleSupplier heapInUse;
  private volatile boolean stopped;
  private volatile Timer next = () -> {};

  Passivation(Activations activations, DoubleSupplier heapInUse) {
    this.activations = activations;
    this.heapInUse = heapInUse;
  }

  /** Share of the heap that was still in use after the last collection, 0 before the first. */
  static double heapInUseAfterCollection() {
    long used = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage usage = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
      if (usage != null) {
        used += usage.getUsed();
      }
    }
    return (double) used / Runtime.getRuntime().maxMemory();
  }

  void start() {
    Duration pause = activations.shortestIdleTimeout().dividedBy(4);
    if (pause.compareTo(SHORTEST_PAUSE) < 0) {
      pause = SHORTEST_PAUSE;
    } else if (pause.compareTo(LONGEST_PAUSE) > 0 && activations.settings.memoryPressure() < 1) {
      pause = LONGEST_PAUSE;
    }
    next = activations.timers.schedule(pause, () -> activations.turns.execute(this::look));
  }

  void stop() {
    stopped = true;
    next.cancel();
  }

  private void look() {
    if (stopped) {
      return;
    }
    try {
      long now = activations.now();
      activations.passivateIdle(now, type -> type.hosting().idleNanos(), PassivationReason.IDLE);
      double inUse = heapInUse.getAsDouble();
      if (inUse >= activations.settings.memoryPressure()) {
        long idle = activations.idleQuantile(now, SHARE_UNDER_PRESSURE);
        if (idle >= 0) {
          int count = activations.passivateIdle(now, type -> idle, PassivationReason.MEMORY);
          log.warn(
              "{} % of the heap is in use: passivated {} activations unused for {} ms or longer",
              Math.round(inUse * 100), count, Duration.ofNanos(idle).toMillis());
        }
      }
    } finally {
      start();
    }
  }
}
