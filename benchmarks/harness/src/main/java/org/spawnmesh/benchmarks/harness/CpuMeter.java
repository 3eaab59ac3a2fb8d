package org.spawnmesh.benchmarks.harness;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Counts the CPU time used since it was made, by this JVM, by its servers and by the whole machine.
 * What only Linux tells (through {@code /proc}) is 0 elsewhere. Confined to one thread.
 */
final class CpuMeter {
  private static final long NANOS_PER_TICK = 10_000_000; // USER_HZ is 100 on every Linux

  private final Set<Long> servers;
  private final long wallAtStart = System.nanoTime();
  private final long jvmAtStart = jvmNanos();
  private final long serversAtStart;
  private final long machineAtStart = machineNanos();

  /** Counts these processes and their children as servers. */
  CpuMeter(Set<Long> servers) {
    this.servers = servers;
    this.serversAtStart = serverNanos();
  }

  /** The processes in the system property {@code bench.pids}, separated by commas. */
  static Set<Long> serversFromProperties() {
    String pids = System.getProperty("bench.pids", "");
    return Arrays.stream(pids.split(","))
        .filter(pid -> !pid.isBlank())
        .map(Long::valueOf)
        .collect(Collectors.toUnmodifiableSet());
  }

  CpuUse read() {
    double wall = System.nanoTime() - wallAtStart;
    double jvm = (jvmNanos() - jvmAtStart) / wall;
    double served = (serverNanos() - serversAtStart) / wall;
    double machine = (machineNanos() - machineAtStart) / wall;
    return new CpuUse(jvm, served, Math.max(0, machine - jvm - served));
  }

  private static long jvmNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private long serverNanos() {
    if (servers.isEmpty()) {
      return 0;
    }
    LongStream children =
        ProcessHandle.allProcesses()
            .filter(p -> p.parent().map(ProcessHandle::pid).filter(servers::contains).isPresent())
            .mapToLong(ProcessHandle::pid);
    return LongStream.concat(servers.stream().mapToLong(Long::longValue), children)
        .distinct()
        .map(CpuMeter::processNanos)
        .sum();
  }

  /** User and system time of a process, and of its children that ended. */
  private static long processNanos(long pid) {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      return ticks(afterName, 11, 12, 13, 14);
    } catch (IOException e) {
      return 0; // ended since it was listed: its parent's line counts it from now on
    }
  }

  /** Time in which some core worked: user, nice, system, irq, softirq, steal. */
  private static long machineNanos() {
    try (var lines = Files.lines(Path.of("/proc/stat"))) {
      return ticks(lines.findFirst().orElseThrow().split("\\s+"), 1, 2, 3, 6, 7, 8);
    } catch (IOException e) {
      return 0; // not Linux
    }
  }

  private static long ticks(String[] fields, int... indexes) {
    return Arrays.stream(indexes).mapToLong(i -> Long.parseLong(fields[i])).sum() * NANOS_PER_TICK;
  }
}
