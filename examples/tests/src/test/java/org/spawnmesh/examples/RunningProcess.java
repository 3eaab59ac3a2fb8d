package org.spawnmesh.examples;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process and the lines it printed so far; both of its streams are one. Thread-safe. */
final class RunningProcess implements AutoCloseable {

  private final String name;
  private final Process process;
  private final StringBuilder output = new StringBuilder();
  private boolean ended;

  private RunningProcess(String name, Process process) {
    this.name = name;
    this.process = process;
    Thread.ofVirtual().start(() -> read(process.inputReader()));
  }

  static RunningProcess start(
      String name, Path folder, Map<String, String> environment, List<String> command)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    return new RunningProcess(name, builder.start());
  }

  /** Skips the test where a program is missing; the CI installs all of them. */
  static void assumeInstalled(String program) {
    if (System.getenv("CI") == null) {
      assumeTrue(isInstalled(program), program + " is not installed");
    }
  }

  private static boolean isInstalled(String program) {
    try {
      return new ProcessBuilder(program, "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void read(BufferedReader lines) {
    try (lines) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
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

  /** Waits until the output has this, which may be long past; fails if the process ends before. */
  synchronized Matcher awaitOutput(String pattern) throws InterruptedException {
    Pattern wanted = Pattern.compile(pattern);
    while (true) {
      Matcher matcher = wanted.matcher(output);
      if (matcher.find()) {
        return matcher;
      }
      if (ended) {
        throw new AssertionError(
            "%s ended before it printed '%s':%n%s".formatted(name, pattern, output));
      }
      wait();
    }
  }

  /** Everything it printed, once it ended by itself. */
  synchronized String awaitEnd() throws InterruptedException {
    while (!ended) {
      wait();
    }
    process.waitFor();
    return output.toString();
  }

  int exitCode() {
    return process.exitValue();
  }

  synchronized String output() {
    return output.toString();
  }

  /** Null is what was not started, because its program is missing. */
  static void closeAll(AutoCloseable... all) throws Exception {
    for (AutoCloseable each : all) {
      if (each != null) {
        each.close();
      }
    }
  }

  /** SIGTERM, as an operator stops it; returns when it has ended. */
  void stop() throws InterruptedException {
    process.destroy();
    awaitEnd();
  }

  /** SIGKILL: no hook, no flush, no goodbye. */
  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly();
    awaitEnd();
  }
}
