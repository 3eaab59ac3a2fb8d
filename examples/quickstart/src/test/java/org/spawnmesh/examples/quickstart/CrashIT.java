package org.spawnmesh.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The application's own jar as a process of its own, killed with SIGKILL again and again while it
 * takes requests. Every item that was answered must be there after the next start, and none may be
 * there that nobody asked for.
 */
class CrashIT {

  private static final int KILLS = Integer.getInteger("spawn.crash.kills", 20);
  private static final int CARTS = 20;
  private static final int CALLERS = 16;

  @TempDir private Path folder;

  @Test
  void nothingThatWasAnsweredIsLostInAFile() throws Exception {
    crash(Map.of("SPAWN_STATESTORE_URL", "jdbc:sqlite:" + folder.resolve("carts.db")));
  }

  @Test
  void nothingThatWasAnsweredIsLostInPostgres() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
      crash(Map.of("SPAWN_STATESTORE_URL", postgres.getJdbcUrl("postgres", "postgres")));
    }
  }

  private void crash(Map<String, String> environment) throws Exception {
    Random random = new Random(42);
    Ledger ledger = new Ledger();
    for (int kill = 0; kill < KILLS; kill++) {
      try (Application application = Application.start(folder, environment)) {
        ledger.compareWith(application);
        application.underLoad(ledger, 20 + random.nextInt(400), Application::kill);
      }
    }
    try (Application application = Application.start(folder, environment)) {
      ledger.compareWith(application);
    }
    assertThat(ledger.total()).isGreaterThan(KILLS * 20);
  }

  /** What the callers know: how many of their requests were answered, and how many may be in. */
  private static final class Ledger {

    private final AtomicIntegerArray answered = new AtomicIntegerArray(CARTS);
    private final AtomicIntegerArray unanswered = new AtomicIntegerArray(CARTS);

    int total() {
      int total = 0;
      for (int cart = 0; cart < CARTS; cart++) {
        total += answered.get(cart);
      }
      return total;
    }

    void compareWith(Application application) throws Exception {
      for (int cart = 0; cart < CARTS; cart++) {
        int stored = application.quantity(cart);
        assertThat(stored)
            .as("items in cart %d, after %d answers", cart, answered.get(cart))
            .isBetween(answered.get(cart), answered.get(cart) + unanswered.get(cart));
      }
    }
  }

  /** A running application. */
  private record Application(Process process, HttpClient http, URI address)
      implements AutoCloseable {

    private static final Pattern PORT = Pattern.compile("Netty started on port (\\d+)");
    private static final Pattern QUANTITY = Pattern.compile("\"tea\":(\\d+)");

    static Application start(Path folder, Map<String, String> environment) throws Exception {
      Path log = Files.createTempFile(folder, "application", ".log");
      ProcessBuilder builder =
          new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-XX:TieredStopAtLevel=1",
              "-XX:+UseSerialGC",
              "--enable-native-access=ALL-UNNAMED",
              "-jar",
              jar().toString(),
              "--server.port=0");
      builder.environment().putAll(environment);
      Process process = builder.redirectErrorStream(true).start();
      StringBuilder seen = new StringBuilder();
      var output = process.inputReader();
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        seen.append(line).append('\n');
        Matcher port = PORT.matcher(line);
        if (port.find()) {
          Thread.ofVirtual().start(() -> drain(output, log));
          return new Application(
              process,
              HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(),
              URI.create("http://127.0.0.1:" + port.group(1)));
        }
      }
      throw new AssertionError("The application did not start:\n" + seen);
    }

    private static void drain(java.io.BufferedReader output, Path log) {
      try (output;
          var writer = Files.newBufferedWriter(log)) {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
          writer.append(line).append('\n').flush();
        }
      } catch (IOException e) {
        // the process was killed in the middle of a line
      }
    }

    private static Path jar() throws IOException {
      try (var jars = Files.list(Path.of("target"))) {
        return jars.filter(file -> file.getFileName().toString().matches("spawn-.*-SNAPSHOT\\.jar"))
            .findFirst()
            .orElseThrow();
      }
    }

    /** Calls from all sides; {@code then} happens while they do, after some answers. */
    void underLoad(Ledger ledger, int answers, java.util.function.Consumer<Application> then)
        throws InterruptedException {
      CountDownLatch enough = new CountDownLatch(answers);
      List<Thread> callers = new ArrayList<>();
      for (int caller = 0; caller < CALLERS; caller++) {
        int first = caller;
        callers.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      for (int i = first; add(ledger, i % CARTS); i += 7) {
                        enough.countDown();
                      }
                    }));
      }
      assertThat(enough.await(60, TimeUnit.SECONDS)).as("answers in a minute").isTrue();
      then.accept(this);
      for (Thread caller : callers) {
        caller.join();
      }
    }

    /** False once there is no application any more. */
    private boolean add(Ledger ledger, int cart) {
      ledger.unanswered.incrementAndGet(cart);
      try {
        HttpResponse<String> response =
            http.send(
                HttpRequest.newBuilder(address.resolve("/carts/c" + cart + "/items"))
                    .header("content-type", "application/json")
                    .timeout(Duration.ofSeconds(30))
                    .POST(BodyPublishers.ofString("{\"product\":\"tea\",\"quantity\":1}"))
                    .build(),
                BodyHandlers.ofString());
        if (response.statusCode() == 200) {
          ledger.answered.incrementAndGet(cart);
          ledger.unanswered.decrementAndGet(cart);
        }
        return true;
      } catch (IOException e) {
        return false;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    int quantity(int cart) throws Exception {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(address.resolve("/carts/c" + cart))
                  .timeout(Duration.ofSeconds(40))
                  .build(),
              BodyHandlers.ofString());
      assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
      Matcher quantity = QUANTITY.matcher(response.body());
      return quantity.find() ? Integer.parseInt(quantity.group(1)) : 0;
    }

    /** SIGKILL: no hook, no flush, no goodbye. */
    void kill() {
      process.destroyForcibly();
    }

    @Override
    public void close() throws InterruptedException {
      kill();
      process.waitFor();
      http.close();
    }
  }
}
