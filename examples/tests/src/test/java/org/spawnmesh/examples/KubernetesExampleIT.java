package org.spawnmesh.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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
  private static final Path CONSOLE = Path.of("../../spawn-admin-ui/target/spawn-admin-ui.jar");
  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir private static Path folder;

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static EmbeddedPostgres postgres;
  private static TestingServer zooKeeper;
  private static RunningProcess carts;
  private static Proxy bank;
  private static RunningProcess host;
  private static int cartsPort;
  private static int cartsManagement;
  private static int cartsConsole;
  private static PodEnvironment cartsPod;
  private static ApiServer kubernetes;
  private static RunningProcess console;
  private static int consolePort;
  private static PodEnvironment consolePod;

  @BeforeAll
  static void start() throws Exception {
    RunningProcess.assumeInstalled("python3");
    postgres = ThisMachine.shopDatabase();
    zooKeeper = new TestingServer();
    kubernetes = new ApiServer();
    for (String name : List.of("actorsystems", "actorhosts", "activators")) {
      kubernetes.create(Path.of("../../deploy/crds", name + ".yaml"));
    }
    for (String name : List.of("system", "carts", "bank", "nightly")) {
      kubernetes.create(EXAMPLE.resolve(name + ".yaml"));
    }
    startCarts();
    startBank();
    startConsole();
  }

  private static void startCarts() throws Exception {
    cartsPod = pod("carts");
    cartsPort = ThisMachine.freePort();
    cartsManagement = ThisMachine.freePort();
    cartsConsole = ThisMachine.freePort();
    Map<String, String> environment = cartsPod.of("actorhost");
    Map<String, String> places =
        Map.of(
            "MANAGEMENT_SERVER_PORT", String.valueOf(cartsManagement),
            "SPAWN_CLUSTER_TRANSPORT_PORT", String.valueOf(ThisMachine.freePort()),
            "SPAWN_CLUSTER_ZOOKEEPER_CONNECTSTRING", zooKeeper.getConnectString(),
            "SPAWN_MANAGEMENT_PORT", String.valueOf(cartsConsole),
            "SPAWN_STATESTORE_URL",
                environment
                    .get("SPAWN_STATESTORE_URL")
                    .replace("//postgres:5432/", "//127.0.0.1:" + postgres.getPort() + "/"));
    carts =
        RunningProcess.start(
            "carts",
            folder,
            ThisMachine.environment(
                environment, places, Map.of("SERVER_PORT", String.valueOf(cartsPort))),
            ThisMachine.java(CARTS));
    carts.awaitOutput("Started QuickstartApplication");
  }

  private static void startConsole() throws Exception {
    consolePod = new PodEnvironment(Map.of(), EXAMPLE.resolve("console.yaml"));
    consolePort = ThisMachine.freePort();
    console =
        RunningProcess.start(
            "the console",
            folder,
            ThisMachine.environment(
                consolePod.of("console"),
                Map.of(
                    "SERVER_PORT", String.valueOf(consolePort),
                    "SPAWN_ADMIN_DISCOVERY_ZOOKEEPER_CONNECTSTRING", zooKeeper.getConnectString()),
                kubernetes.surroundings(folder, "console", consolePod.rights("console"))),
            ThisMachine.java(CONSOLE));
    console.awaitOutput("Started ConsoleApplication");
  }

  private static void startBank() throws Exception {
    PodEnvironment pod = pod("bank");
    String hostPort = String.valueOf(ThisMachine.freePort());
    String proxyPort = String.valueOf(ThisMachine.freePort());
    Map<String, String> proxy =
        ThisMachine.environment(
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
                String.valueOf(ThisMachine.freePort()),
                "SPAWN_CLUSTER_ZOOKEEPER_CONNECTSTRING",
                zooKeeper.getConnectString(),
                "SPAWN_MANAGEMENT_PORT",
                String.valueOf(ThisMachine.freePort())),
            Map.of("JAVA_TOOL_OPTIONS", "-Xmx192m"));
    bank = Proxy.startAs(folder, "shop", proxy);
    host = ThisMachine.pythonHost("bank", pod.of("actorhost"), proxy);
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
        EXAMPLE.resolve("console.yaml"),
        EXAMPLE.resolve("made/" + name + ".yaml"));
  }

  @AfterAll
  static void stop() throws Exception {
    RunningProcess.closeAll(console, host, bank, carts, kubernetes, zooKeeper, postgres);
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
    assertProbed(cartsManagement, cartsPod, "actorhost");
    String mesh = get(cartsManagement, "/actuator/mesh").body();
    assertThat(mesh).contains("carts-0").contains("bank-0");
  }

  @Test
  void theConsoleShowsTheNodesAndTheirDeployments() throws Exception {
    assertProbed(consolePort, consolePod, "console");
    try (ConsoleSession admin = ConsoleSession.logIn(consolePort, "admin", "change-me")) {
      String nodes = "$.systems[?(@.name == 'shop')].nodes[?(@.alive == true)].name";
      long end = System.nanoTime() + SOON.toNanos();
      List<String> shown = admin.ask("overview", nodes);
      while (shown.size() < 2 && System.nanoTime() < end) {
        TimeUnit.MILLISECONDS.sleep(100); // another process, which tells nobody but those who ask
        shown = admin.ask("overview", nodes);
      }
      assertThat(shown).as(console.output()).containsExactlyInAnyOrder("carts-0", "bank-0");
      assertThat(admin.ask("deployments", "$.kinds[?(@.kind == 'ActorHost')].rows[*].name"))
          .containsExactlyInAnyOrder("carts", "bank");
      assertThat(admin.ask("deployments", "$.kinds[*].error")).containsOnlyNulls();
      assertThat(admin.ask("deployments/schema?kind=ActorHost", "$..description")).isNotEmpty();
      assertThat(kubernetes.refused()).isEmpty();
    }
  }

  @Test
  void theNodesAreClosedToWhoHasNotTheToken() throws Exception {
    assertThat(get(cartsConsole, "/v1/node").statusCode()).isEqualTo(401);
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

  private static void assertProbed(int port, PodEnvironment pod, String container)
      throws Exception {
    for (String probe : List.of("startupProbe", "livenessProbe", "readinessProbe")) {
      assertThat(get(port, pod.probe(container, probe)).statusCode()).as(probe).isEqualTo(200);
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
