package org.spawnmesh.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The shop of {@code examples/kubernetes}, as processes of this machine: started with the
 * environment that is in the objects which the controller makes. Only addresses and ports differ,
 * because all pods share one machine.
 */
class KubernetesExampleIT {

  private static final Path EXAMPLE = Path.of("../kubernetes");
  private static final Path CARTS =
      Path.of("../quickstart/target/spawn-example-quickstart-0.1.0-SNAPSHOT.jar");
  private static final Path HOST = Path.of("../python-host");

  /** Variables whose values are ports or addresses of another machine. */
  private static final Set<String> PLACES =
      Set.of(
          "MANAGEMENT_SERVER_PORT",
          "PROXY_DATABASE_HOST",
          "PROXY_DATABASE_PORT",
          "PROXY_HTTP_PORT",
          "SPAWN_CLUSTER_TRANSPORT_PORT",
          "SPAWN_CLUSTER_ZOOKEEPER_CONNECTSTRING",
          "SPAWN_DATABASE_HOST",
          "SPAWN_DATABASE_PORT",
          "SPAWN_PROXY_PORT",
          "SPAWN_STATESTORE_URL",
          "USER_FUNCTION_PORT");

  @TempDir private static Path folder;

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static EmbeddedPostgres postgres;
  private static TestingServer zooKeeper;
  private static RunningProcess carts;
  private static Proxy bank;
  private static RunningProcess host;
  private static int cartsPort;
  private static int cartsManagement;
  private static PodEnvironment cartsPod;

  @BeforeAll
  static void start() throws Exception {
    RunningProcess.assumeInstalled("python3");
    postgres = EmbeddedPostgres.start();
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE shop LOGIN PASSWORD 'change-me'");
      statement.execute("CREATE DATABASE shop OWNER shop");
    }
    zooKeeper = new TestingServer();
    startCarts();
    startBank();
  }

  private static void startCarts() throws Exception {
    cartsPod = pod("carts");
    cartsPort = freePort();
    cartsManagement = freePort();
    Map<String, String> environment = cartsPod.of("actorhost");
    Map<String, String> places =
        Map.of(
            "MANAGEMENT_SERVER_PORT", String.valueOf(cartsManagement),
            "SPAWN_CLUSTER_TRANSPORT_PORT", String.valueOf(freePort()),
            "SPAWN_STATESTORE_URL",
                environment
                    .get("SPAWN_STATESTORE_URL")
                    .replace("//postgres:5432/", "//127.0.0.1:" + postgres.getPort() + "/"));
    carts =
        RunningProcess.start(
            "carts",
            folder,
            onThisMachine(environment, places, Map.of("SERVER_PORT", String.valueOf(cartsPort))),
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx192m",
                "-jar",
                CARTS.toAbsolutePath().normalize().toString()));
    carts.awaitOutput("Started QuickstartApplication");
  }

  private static void startBank() throws Exception {
    PodEnvironment pod = pod("bank");
    String hostPort = String.valueOf(freePort());
    String proxyPort = String.valueOf(freePort());
    Map<String, String> proxy =
        onThisMachine(
            pod.of("sidecar"),
            Map.of(
                "PROXY_HTTP_PORT",
                proxyPort,
                "USER_FUNCTION_PORT",
                hostPort,
                "PROXY_DATABASE_HOST",
                "127.0.0.1",
                "PROXY_DATABASE_PORT",
                String.valueOf(postgres.getPort()),
                "SPAWN_CLUSTER_TRANSPORT_PORT",
                String.valueOf(freePort())),
            Map.of("JAVA_TOOL_OPTIONS", "-Xmx192m"));
    bank = Proxy.startAs(folder, "shop", proxy);
    host =
        RunningProcess.start(
            "bank",
            HOST.toAbsolutePath().normalize(),
            onThisMachine(
                pod.of("actorhost"),
                Map.of(
                    "PROXY_HTTP_PORT", proxyPort,
                    "SPAWN_PROXY_PORT", proxyPort,
                    "USER_FUNCTION_PORT", hostPort),
                Map.of()),
            List.of("python3", "host.py"));
    host.awaitOutput("Registered");
    assertThat(pod.probe("sidecar", "readinessProbe")).isEqualTo("/health/readiness");
    assertThat(bank.isReady()).isTrue();
  }

  /** A pod of that host; its address is this machine's. */
  private static PodEnvironment pod(String name) throws IOException {
    return new PodEnvironment(
        Map.of(
            "metadata.name", name + "-0",
            "metadata.namespace", "shop",
            "metadata.uid", "0",
            "status.podIP", "127.0.0.1"),
        EXAMPLE.resolve("postgres.yaml"),
        EXAMPLE.resolve("made/" + name + ".yaml"));
  }

  private static Map<String, String> onThisMachine(
      Map<String, String> environment, Map<String, String> places, Map<String, String> more) {
    Map<String, String> all = new HashMap<>(environment);
    assertThat(places.keySet()).isSubsetOf(PLACES);
    assertThat(all.keySet()).as("what is replaced is there").containsAll(places.keySet());
    all.putAll(places);
    all.computeIfPresent(
        "SPAWN_CLUSTER_ZOOKEEPER_CONNECTSTRING", (name, there) -> zooKeeper.getConnectString());
    assertThat(more.keySet()).doesNotContainAnyElementsOf(all.keySet());
    all.putAll(more);
    return all;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @AfterAll
  static void stop() throws Exception {
    RunningProcess.closeAll(host, bank, carts, zooKeeper, postgres);
  }

  @Test
  void theShopWorks() throws Exception {
    assertThat(post("/carts/alice/items", "{\"product\":\"tea\",\"quantity\":2}"))
        .isEqualTo("{\"amount\":8.40}");
    assertThat(bank.ask("account/alice", "deposit", "{\"amount\":20}"))
        .isEqualTo("{\"balance\":20}");
    // One mesh: what runs in the one node is called from the other.
    assertThat(bank.ask("Cart/alice", "total", "")).isEqualTo("{\"amount\":8.40}");
    assertThat(get(cartsPort, "/carts/alice").body()).contains("\"tea\":2");
  }

  /** The command of the CronJob's pod, twice as if the first had died: one statement. */
  @Test
  void theActivatorsJobCallsTheBank() throws Exception {
    var job =
        new PodEnvironment(
            Map.of("metadata.labels['batch.kubernetes.io/job-name']", "nightly-at-two-1"),
            EXAMPLE.resolve("made/nightly.yaml"));
    List<String> arguments =
        job.arguments("statement").stream()
            .map(it -> it.replace("http://bank:9001", bank.url()))
            .toList();
    assertThat(arguments).contains("--url=" + bank.url(), "--key=nightly-at-two-1/statement");
    for (int attempt = 0; attempt < 2; attempt++) {
      assertThat(Proxy.runOnce(folder, job.of("statement"), arguments))
          .contains("statement of alice ran");
    }
  }

  @Test
  void itsNodesAreAskedWhereTheProbesAsk() throws Exception {
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      assertThat(get(cartsManagement, cartsPod.probe("actorhost", probe)).statusCode())
          .as(probe)
          .isEqualTo(200);
    }
    String mesh = get(cartsManagement, "/actuator/mesh").body();
    assertThat(mesh).contains("carts-0").contains("bank-0");
  }

  @Test
  void whatIsKeptIsEncrypted() throws Exception {
    bank.ask("account/secretive", "deposit", "{\"amount\":1}");
    try (Connection connection = postgres.getDatabase("shop", "shop").getConnection();
        Statement statement = connection.createStatement();
        var rows =
            statement.executeQuery(
                "SELECT count(*), count(*) FILTER (WHERE position('balance'::bytea IN state) > 0)"
                    + " FROM spawn_snapshot")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isPositive();
      assertThat(rows.getInt(2)).isZero();
    }
  }

  private static HttpResponse<String> get(int port, String path) throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String post(String path, String json) throws Exception {
    HttpResponse<String> response =
        HTTP.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + cartsPort + path))
                .header("content-type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body() + carts.output()).isEqualTo(200);
    return response.body();
  }
}
