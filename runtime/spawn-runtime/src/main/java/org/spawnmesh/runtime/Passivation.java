package org.spawnmesh.runtime;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.ToLongFunction;
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
    Duration pause = shortestIdleTimeout().dividedBy(4);
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
      passivateIdle(now, type -> type.hosting().idleNanos(), PassivationReason.IDLE);
      double inUse = heapInUse.getAsDouble();
      if (inUse >= activations.settings.memoryPressure()) {
        long idle = idleQuantile(now, SHARE_UNDER_PRESSURE);
        if (idle >= 0) {
          int count = passivateIdle(now, type -> idle, PassivationReason.MEMORY);
          log.warn(
              "{} % of the heap is in use: passivated {} activations unused for {} ms or longer",
              Math.round(inUse * 100), count, Duration.ofNanos(idle).toMillis());
        }
      }
    } finally {
      start();
    }
  }

  /** Passivates what is idle {@code now} for longer than {@code limit} says; returns how many. */
  private int passivateIdle(long now, ToLongFunction<HostedType> limit, PassivationReason reason) {
    int[] passivated = {0};
    for (HostedType type : activations.types()) {
      long nanos = limit.applyAsLong(type);
      type.forEach(
          activation -> {
            if (activation.idleNanos(now) >= nanos
                && type.isSpare(activation)
                && activation.passivate(reason)) {
              passivated[0]++;
            }
          });
    }
    if (passivated[0] > 0) {
      log.debug("Passivated {} activations ({})", passivated[0], reason);
    }
    return passivated[0];
  }

  /** The idle time that the given share of the activations idle now exceeds; -1 if none is. */
  private long idleQuantile(long now, double share) {
    List<Long> idle = new ArrayList<>();
    activations.forEach(
        activation -> {
          if (activation.mailbox() == 0) {
            idle.add(activation.idleNanos(now));
          }
        });
    if (idle.isEmpty()) {
      return -1;
    }
    idle.sort(null);
    return idle.get((int) ((idle.size() - 1) * (1 - share)));
  }

  private Duration shortestIdleTimeout() {
    long shortest = activations.settings.idleTimeout().toNanos();
    for (HostedType type : activations.types()) {
      shortest = Math.min(shortest, type.hosting().idleNanos());
    }
    return Duration.ofNanos(shortest);
  }
}
