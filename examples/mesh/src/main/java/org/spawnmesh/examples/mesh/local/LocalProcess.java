package org.spawnmesh.examples.mesh.local;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A JVM beside this one, and what it printed. Thread-safe. */
public final class LocalProcess implements AutoCloseable {

  private final String name;
  private final Process process;
  private final Path log;
  private final StringBuilder output = new StringBuilder();
  private boolean ended;

  private LocalProcess(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
    Thread.ofVirtual().start(this::read);
  }

  /**
   * Starts {@code main} in a JVM that starts fast, is small, and ends with this one.
   *
   * @param folder where its output goes, to {@code <name>.log}
   * @param flags for the JVM
   */
  public static LocalProcess java(
      String name,
      Path folder,
      String classPath,
      List<String> flags,
      Class<?> main,
      List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "--enable-native-access=ALL-UNNAMED"));
    command.addAll(flags);
    command.addAll(List.of("-cp", classPath, Leash.class.getName(), main.getName()));
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    return new LocalProcess(name, builder.start(), folder.resolve(name + ".log"));
  }

  private void read() {
    try (BufferedReader lines = process.inputReader();
        var copy = Files.newBufferedWriter(log)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        copy.append(line).append('\n').flush();
        synchronized (this) {
          output.append(line).append('\n');
          notifyAll();
        }
      }
    } catch (IOException e) {
      // it was killed in the middle of a line
    } finally {
      synchronized (this) {
        ended = true;
        notifyAll();
      }
    }
  }

  /**
   * Waits until the output has this, which may be long past.
   *
   * @throws IllegalStateException if the process ends before, or the time
   */
  public synchronized Matcher awaitOutput(String pattern, Duration patience)
      throws InterruptedException {
    Pattern wanted = Pattern.compile(pattern);
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      Matcher matcher = wanted.matcher(output);
      if (matcher.find()) {
        return matcher;
      }
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (ended || left <= 0) {
        throw new IllegalStateException(
            "%s %s '%s':%n%s"
                .formatted(
                    name,
                    ended ? "ended before it printed" : "has not printed in time",
                    pattern,
                    output));
      }
      wait(left);
    }
  }

  public String name() {
    return name;
  }

  public long pid() {
    return process.pid();
  }

  /** SIGKILL: no hook, no flush, no goodbye. */
  public void kill() {
    process.destroyForcibly();
  }

  /** SIGSTOP: it does nothing more, and does not know it. */
  public void pause() {
    signal("STOP");
  }

  /** SIGCONT. */
  public void resume() {
    signal("CONT");
  }

  /** SIGTERM: it is asked to stop in good order. */
  public void stop() {
    signal("TERM"); // Process.destroy would also let go of the leash
  }

  public boolean isRunning() {
    return process.isAlive();
  }

  /**
   * Waits for the end, however it comes.
   *
   * @throws IllegalStateException if it does not
   */
  public void awaitEnd(Duration patience) throws InterruptedException {
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException(
          "%s has not ended within %s; see %s".formatted(name, patience, log));
    }
  }

  private void signal(String signal) {
    try {
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends it at once. */
  @Override
  public void close() {
    kill();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
