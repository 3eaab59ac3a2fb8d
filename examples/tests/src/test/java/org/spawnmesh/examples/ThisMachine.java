package org.spawnmesh.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/** Where containers find each other that are processes of one machine, and not in pods. */
final class ThisMachine {

  /** Variables whose values are ports or addresses of another machine. */
  private static final Set<String> PLACES =
      Set.of(
          "MANAGEMENT_SERVER_PORT",
          "PROXY_DATABASE_HOST",
          "PROXY_DATABASE_PORT",
          "PROXY_HTTP_PORT",
          "SERVER_PORT",
          "SPAWN_ADMIN_DISCOVERY_ZOOKEEPER_CONNECTSTRING",
          "SPAWN_CLUSTER_TRANSPORT_PORT",
          "SPAWN_CLUSTER_ZOOKEEPER_CONNECTSTRING",
          "SPAWN_DATABASE_HOST",
          "SPAWN_DATABASE_PORT",
          "SPAWN_MANAGEMENT_PORT",
          "SPAWN_PROXY_PORT",
          "SPAWN_STATESTORE_URL",
          "USER_FUNCTION_PORT");

  private ThisMachine() {}

  /**
   * @param environment as the pod has it
   * @param places what is elsewhere here; all of these are in the environment
   * @param more what the pod is not told; none of these is in the environment
   */
  static Map<String, String> environment(
      Map<String, String> environment, Map<String, String> places, Map<String, String> more) {
    assertThat(PLACES).containsAll(places.keySet());
    assertThat(environment.keySet()).as("what is replaced is there").containsAll(places.keySet());
    assertThat(more.keySet()).doesNotContainAnyElementsOf(environment.keySet());
    Map<String, String> all = new HashMap<>(environment);
    all.putAll(places);
    all.putAll(more);
    return all;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = listenSomewhere()) {
      return socket.getLocalPort();
    }
  }

  /** Below the ports that the system gives to clients, which would take it during a restart. */
  static ServerSocket listenSomewhere() throws IOException {
    while (true) {
      try {
        return new ServerSocket(ThreadLocalRandom.current().nextInt(12_000, 32_000));
      } catch (BindException taken) {
        // the next one
      }
    }
  }

  /** PostgreSQL with the user and the database of the shop's secret. */
  static EmbeddedPostgres shopDatabase() throws Exception {
    EmbeddedPostgres postgres = EmbeddedPostgres.start();
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE shop LOGIN PASSWORD 'change-me'");
      statement.execute("CREATE DATABASE shop OWNER shop");
    }
    return postgres;
  }

  /**
   * The bank in plain Python, registered at its proxy.
   *
   * @param environment of its container
   * @param proxy what the proxy beside it was told
   */
  static RunningProcess pythonHost(
      String name, Map<String, String> environment, Map<String, String> proxy) throws Exception {
    RunningProcess host =
        RunningProcess.start(
            name,
            Path.of("../python-host").toAbsolutePath().normalize(),
            environment(
                environment,
                Map.of(
                    "PROXY_HTTP_PORT", proxy.get("PROXY_HTTP_PORT"),
                    "SPAWN_PROXY_PORT", proxy.get("PROXY_HTTP_PORT"),
                    "USER_FUNCTION_PORT", proxy.get("USER_FUNCTION_PORT")),
                Map.of()),
            List.of("python3", "host.py"));
    host.awaitOutput("Registered");
    return host;
  }

  static List<String> java(Path jar) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xmx192m",
        "-jar",
        jar.toAbsolutePath().normalize().toString());
  }
}
