package org.spawnmesh.benchmarks.harness;

import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A server process; it ends with this JVM at the latest. */
public final class Child {

  private static final long PATIENCE_SECONDS = 60;

  private final Process process;
  private final File log;

  private Child(Process process, File log) {
    this.process = process;
    this.log = log;
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
  }

  public static Child start(Map<String, String> environment, List<String> command)
      throws IOException {
    File log = File.createTempFile("benchmark-", ".log");
    log.deleteOnExit();
    var builder = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log);
    builder.environment().putAll(environment);
    return new Child(builder.start(), log);
  }

  /** A JVM like this one, with little heap. */
  public static Child java(Map<String, String> environment, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xms1g", "-Xmx1g", "--enable-native-access=ALL-UNNAMED"));
    command.addAll(List.of(arguments));
    return start(environment, command);
  }

  /** A class on this JVM's class path, in a JVM like {@link #java}. */
  public static Child main(Class<?> main, Object... arguments) throws IOException {
    List<String> all = new ArrayList<>();
    all.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    for (Object argument : arguments) {
      all.add(argument.toString());
    }
    return java(Map.of(), all.toArray(String[]::new));
  }

  /** Their CPU time counts as the servers', beside the database's; before {@link Workloads}. */
  public static void countAsServers(Child... children) {
    var pids = new StringBuilder(System.getProperty("bench.pids", ""));
    for (Child child : children) {
      pids.append(',').append(child.process.pid());
    }
    System.setProperty("bench.pids", pids.toString());
  }

  /** Returns when the process listens. */
  public Child listensOn(int port) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      try (var socket = new Socket()) {
        socket.connect(new InetSocketAddress("127.0.0.1", port), 1_000);
        return this;
      } catch (IOException e) {
        if (System.nanoTime() > end || process.waitFor(100, TimeUnit.MILLISECONDS)) {
          throw new IOException(
              "nothing listens on " + port + ": " + java.nio.file.Files.readString(log.toPath()),
              e);
        }
      }
    }
  }

  public static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
