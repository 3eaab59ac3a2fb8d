package org.spawnmesh.statestore.jdbc;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.postgresql.util.PSQLException;

/**
 * A PostgreSQL server whose processes a test can stop, end and kill as an operator or the kernel
 * does. Not thread-safe.
 */
final class FailingPostgres implements AutoCloseable {

  private static final long PATIENCE_SECONDS = 30;

  private final Path folder = Databases.folder();
  private final EmbeddedPostgres server;
  private final List<String> command;
  private List<ProcessHandle> frozen = List.of();

  FailingPostgres() throws IOException {
    server =
        EmbeddedPostgres.builder()
            .setDataDirectory(folder.resolve("data"))
            .setCleanDataDirectory(true)
            // off unless said otherwise, which forgets what it has acknowledged
            .setServerConfig("synchronous_commit", "on")
            .start();
    ProcessHandle.Info info = postmaster().info();
    command = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      command.addAll(List.of("unshare", "-U")); // the server refuses to be started by root
    }
    command.add(info.command().orElseThrow());
    command.addAll(List.of(info.arguments().orElseThrow()));
  }

  StorePool pool(int writers) {
    return new StorePool(
        "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(server.getPort()),
        "postgres",
        "",
        writers);
  }

  private ProcessHandle postmaster() {
    try {
      long pid = Long.parseLong(Files.readAllLines(pidFile()).getFirst().strip());
      return ProcessHandle.of(pid).orElseThrow();
    } catch (IOException e) {
      throw new IllegalStateException("The server does not run", e);
    }
  }

  private Path pidFile() {
    return folder.resolve("data").resolve("postmaster.pid");
  }

  /** All its processes stand still: connections stay open, also new ones, and nothing answers. */
  void freeze() {
    ProcessHandle postmaster = postmaster();
    signal("STOP", List.of(postmaster)); // first, so that no child is born meanwhile
    frozen = Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
    signal("STOP", frozen);
  }

  void thaw() {
    if (!frozen.isEmpty()) {
      signal("CONT", frozen);
      frozen = List.of();
    }
  }

  /**
   * As {@code pg_ctl stop -m immediate}: open transactions end in the middle, nothing is tidied.
   */
  void stopImmediately() {
    signal("QUIT", List.of(postmaster()));
    await("its end", () -> !isRunning());
  }

  boolean isRunning() {
    return Files.exists(pidFile());
  }

  /** Starts it again on the same port and the same data, which it recovers first. */
  void startAgain() throws IOException {
    new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("restarted.log").toFile())
        .start();
    awaitAnswers();
  }

  /** SIGKILL for one session: the server cannot trust its memory any more and ends all others. */
  void killASession(String applicationName) {
    signal("KILL", List.of(ProcessHandle.of(sessionOf(applicationName)).orElseThrow()));
  }

  private long sessionOf(String applicationName) {
    try (var connection = server.getPostgresDatabase().getConnection();
        var select =
            connection.prepareStatement(
                "SELECT pid FROM pg_stat_activity WHERE application_name = ? LIMIT 1")) {
      select.setString(1, applicationName);
      try (var rows = select.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    } catch (java.sql.SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  void awaitAnswers() {
    await(
        "an answer",
        () -> {
          try (var connection = server.getPostgresDatabase().getConnection()) {
            return connection.isValid(1);
          } catch (PSQLException e) {
            return false; // still recovering
          } catch (java.sql.SQLException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static void await(String what, java.util.function.BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain for the server: " + what);
      }
      Thread.onSpinWait();
    }
  }

  private static void signal(String name, List<ProcessHandle> processes) {
    List<String> kill = new ArrayList<>(List.of("kill", "-" + name));
    processes.forEach(process -> kill.add(String.valueOf(process.pid())));
    try {
      new ProcessBuilder(kill).inheritIO().start().waitFor();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    thaw();
    server.close();
  }
}
