package org.spawnmesh.benchmarks.harness;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One figure of one peer, written as one JSON line.
 *
 * @param subject what was measured, and of whom
 * @param throughput operations per second, of the median repetition as are the next four
 * @param errors failed requests of all repetitions
 * @param reps operations per second of every repetition
 * @param heapBytesPerActor only where the heap was measured
 */
record Measurement(
    Subject subject,
    long throughput,
    double p50Micros,
    double p99Micros,
    long starvedCallers,
    CpuUse cpu,
    long errors,
    List<Long> reps,
    OptionalLong heapBytesPerActor,
    String notes) {

  /** What measurements of several JVMs must have in common to be repetitions of each other. */
  record Subject(
      String peer, String workload, String op, String driver, int actors, int concurrency) {}

  /** A field of the lines written by {@link #toJson}; it reads no other JSON. */
  private static final Pattern FIELD =
      Pattern.compile("\"(\\w+)\":(?:\"((?:[^\"\\\\]|\\\\.)*)\"|\\[([^]]*)]|([^,}]+))");

  /** One repetition. */
  static Measurement of(
      Subject subject,
      double opsPerSecond,
      Histogram latencies,
      long errors,
      long starvedCallers,
      CpuUse cpu,
      String notes) {
    long throughput = Math.round(opsPerSecond);
    return new Measurement(
        subject,
        throughput,
        latencies.percentileMicros(50),
        latencies.percentileMicros(99),
        starvedCallers,
        cpu,
        errors,
        List.of(throughput),
        OptionalLong.empty(),
        notes);
  }

  Measurement withHeapBytesPerActor(long bytes) {
    return new Measurement(
        subject,
        throughput,
        p50Micros,
        p99Micros,
        starvedCallers,
        cpu,
        errors,
        reps,
        OptionalLong.of(bytes),
        notes);
  }

  /** The repetition with the median throughput, with the errors and throughputs of all. */
  static Measurement median(List<Measurement> repetitions) {
    Measurement m =
        repetitions.stream()
            .sorted(Comparator.comparingLong(Measurement::throughput))
            .toList()
            .get(repetitions.size() / 2);
    return new Measurement(
        m.subject,
        m.throughput,
        m.p50Micros,
        m.p99Micros,
        m.starvedCallers,
        m.cpu,
        repetitions.stream().mapToLong(Measurement::errors).sum(),
        repetitions.stream().flatMap(r -> r.reps.stream()).toList(),
        m.heapBytesPerActor,
        m.notes);
  }

  String toJson() {
    String heap =
        heapBytesPerActor.isPresent()
            ? "\"heap_bytes_per_actor\":" + heapBytesPerActor.getAsLong() + ","
            : "";
    return String.format(
        Locale.ROOT,
        "{\"peer\":\"%s\",\"workload\":\"%s\",\"op\":\"%s\",\"driver\":\"%s\",\"actors\":%d,"
            + "\"concurrency\":%d,\"throughput_ops_s\":%d,\"p50_us\":%.1f,\"p99_us\":%.1f,"
            + "\"errors\":%d,\"starved_callers\":%d,\"cpu_jvm\":%.2f,\"cpu_servers\":%.2f,"
            + "\"cpu_foreign\":%.2f,\"reps_ops_s\":[%s],%s\"notes\":\"%s\"}",
        subject.peer,
        subject.workload,
        subject.op,
        subject.driver,
        subject.actors,
        subject.concurrency,
        throughput,
        p50Micros,
        p99Micros,
        errors,
        starvedCallers,
        cpu.jvm(),
        cpu.servers(),
        cpu.foreign(),
        String.join(",", reps.stream().map(String::valueOf).toList()),
        heap,
        notes.replace("\\", "\\\\").replace("\"", "\\\""));
  }

  /** Reads a line written by {@link #toJson}. */
  static Measurement parse(String line) {
    Map<String, String> fields = new HashMap<>();
    for (Matcher m = FIELD.matcher(line); m.find(); ) {
      String text = m.group(2) != null ? m.group(2) : m.group(3) != null ? m.group(3) : m.group(4);
      fields.put(m.group(1), text);
    }
    Fields f = new Fields(line, fields);
    return new Measurement(
        new Subject(
            f.text("peer"),
            f.text("workload"),
            f.text("op"),
            f.text("driver"),
            (int) f.whole("actors"),
            (int) f.whole("concurrency")),
        f.whole("throughput_ops_s"),
        f.decimal("p50_us"),
        f.decimal("p99_us"),
        f.whole("starved_callers"),
        new CpuUse(f.decimal("cpu_jvm"), f.decimal("cpu_servers"), f.decimal("cpu_foreign")),
        f.whole("errors"),
        Arrays.stream(f.text("reps_ops_s").split(",")).map(Long::valueOf).toList(),
        fields.containsKey("heap_bytes_per_actor")
            ? OptionalLong.of(f.whole("heap_bytes_per_actor"))
            : OptionalLong.empty(),
        f.text("notes").replaceAll("\\\\(.)", "$1"));
  }

  private record Fields(String line, Map<String, String> byName) {
    String text(String name) {
      String value = byName.get(name);
      if (value == null) {
        throw new IllegalArgumentException("no field \"" + name + "\" in the line " + line);
      }
      return value;
    }

    long whole(String name) {
      return Long.parseLong(text(name));
    }

    double decimal(String name) {
      return Double.parseDouble(text(name));
    }
  }
}
