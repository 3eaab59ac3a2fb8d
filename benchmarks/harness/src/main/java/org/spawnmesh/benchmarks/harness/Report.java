package org.spawnmesh.benchmarks.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.stream.Collectors;
import org.spawnmesh.benchmarks.harness.Measurement.Subject;

/**
 * Makes one measurement of the repetitions in several JVMs, and tables of measurements that can be
 * compared. Reads JSON lines from standard input.
 */
public final class Report {

  private Report() {}

  /**
   * Prints tables, or with the argument {@code --json} the merged lines.
   *
   * @throws IOException if standard input cannot be read
   */
  public static void main(String[] args) throws IOException {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    List<Measurement> merged = merge(in.lines().map(Measurement::parse).toList());
    if (List.of(args).contains("--json")) {
      merged.forEach(m -> System.out.println(m.toJson()));
    } else {
      print(merged, System.out);
    }
  }

  /** The median of each subject's repetitions, in the order in which the subjects first appear. */
  static List<Measurement> merge(List<Measurement> repetitions) {
    Map<Subject, List<Measurement>> bySubject =
        repetitions.stream()
            .collect(
                Collectors.groupingBy(
                    Measurement::subject, LinkedHashMap::new, Collectors.toList()));
    return bySubject.values().stream().map(Measurement::median).toList();
  }

  /** One table for all peers of a workload, operation, driver and load. */
  static void print(List<Measurement> measurements, PrintStream out) {
    measurements.stream()
        .collect(Collectors.groupingBy(Report::title, LinkedHashMap::new, Collectors.toList()))
        .forEach((title, comparable) -> printTable(title, comparable, out));
  }

  private static String title(Measurement m) {
    Subject s = m.subject();
    return String.format(
        Locale.ROOT,
        "%s  %s  %s  %,d actors  %,d callers",
        s.workload(),
        s.op(),
        s.driver(),
        s.actors(),
        s.concurrency());
  }

  private static void printTable(String title, List<Measurement> rows, PrintStream out) {
    boolean heap = rows.getFirst().heapBytesPerActor().isPresent();
    out.printf("%n%s%n", title);
    out.printf(
        "  %-10s %12s %7s %11s %11s %7s %8s  %-14s",
        "peer", "ops/s", "spread", "p50 us", "p99 us", "errors", "starved", "cpu jvm+db+rest");
    out.print(heap ? "  heap B/actor" : "");
    rows.forEach(column -> out.print("  " + ratioName(column, heap)));
    out.println();
    for (Measurement row : rows) {
      out.printf(
          Locale.ROOT,
          "  %-10s %,12d %6.0f%% %,11.1f %,11.1f %7d %8d  %5.2f%5.2f%5.2f",
          row.subject().peer(),
          row.throughput(),
          100 * spread(row),
          row.p50Micros(),
          row.p99Micros(),
          row.errors(),
          row.starvedCallers(),
          row.cpu().jvm(),
          row.cpu().servers(),
          row.cpu().foreign());
      row.heapBytesPerActor().ifPresent(bytes -> out.printf(Locale.ROOT, "  %,12d", bytes));
      for (Measurement column : rows) {
        int width = ratioName(column, heap).length();
        out.printf(Locale.ROOT, "  %" + width + ".2f", figure(row) / figure(column));
      }
      out.println();
    }
  }

  private static String ratioName(Measurement column, boolean heap) {
    return (heap ? "heap/" : "x ") + column.subject().peer();
  }

  /** What the table is about: the heap where it was measured, else the throughput. */
  private static double figure(Measurement m) {
    return m.heapBytesPerActor().orElse(m.throughput());
  }

  /** How far the repetitions lie apart: a ratio nearer to 1 than this says nothing. */
  private static double spread(Measurement m) {
    LongSummaryStatistics reps = m.reps().stream().collect(Collectors.summarizingLong(r -> r));
    return (double) (reps.getMax() - reps.getMin()) / m.throughput();
  }
}
