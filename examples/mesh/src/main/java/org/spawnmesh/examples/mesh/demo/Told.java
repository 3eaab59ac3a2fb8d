package org.spawnmesh.examples.mesh.demo;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** What the demonstration says to whoever watches. */
final class Told {

  private static final int WIDTH = 40;
  private static final int BARS = 8;

  private final PrintStream out;

  Told(PrintStream out) {
    this.out = out;
  }

  void chapter(String title) {
    out.println();
    out.println("── " + title);
  }

  void line(String text) {
    out.println(text.startsWith("  ") ? " " + text : "   " + text);
  }

  void fact(String what, String where, long begun) {
    out.printf(
        "   %-10s  %-46s %s%n", what, where, seconds(Duration.ofNanos(System.nanoTime() - begun)));
  }

  /** How many took how long. */
  void bars(String whose, List<Duration> sorted) {
    if (sorted.isEmpty()) {
      return;
    }
    long most = sorted.getLast().toMillis() + 1;
    out.printf(
        "     %-14s median %s, longest %s%n",
        whose, seconds(sorted.get(sorted.size() / 2)), seconds(sorted.getLast()));
    int[] counts = new int[BARS];
    for (Duration each : sorted) {
      counts[(int) (each.toMillis() * BARS / most)]++;
    }
    int tallest = 1;
    for (int count : counts) {
      tallest = Math.max(tallest, count);
    }
    for (int i = 0; i < BARS; i++) {
      out.printf(
          "       ≤ %s  %s%n",
          seconds(Duration.ofMillis(most * (i + 1) / BARS)),
          "█".repeat((counts[i] * WIDTH + tallest - 1) / tallest)
              + (counts[i] > 0 ? " " + counts[i] : ""));
    }
  }

  static String seconds(Duration duration) {
    return String.format(Locale.ROOT, "%.3f s", duration.toNanos() / 1e9);
  }
}
