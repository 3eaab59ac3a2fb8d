package org.spawnmesh.admin.shop;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.curator.test.TestingServer;
import org.h2.tools.Server;
import org.spawnmesh.admin.ConsoleApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The shop's three nodes as processes, what they need, and a console. */
public final class LocalShop implements AutoCloseable {

  public static final String TOKEN = "the-token-of-the-shop";

  /** Who may log in; the password is the name and {@code -password}. */
  public static final List<String> USERS = List.of("viewer", "operator", "admin");

  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private final HttpClient http = HttpClient.newHttpClient();
  private final Path folder;
  private final TestingServer zooKeeper;
  private final Server database;
  private final List<Process> nodes = new ArrayList<>();
  private final List<Integer> ports = new ArrayList<>();
  private final ConfigurableApplicationContext console;

  /**
   * @param more properties of the console
   */
  public LocalShop(Path folder, Map<String, Object> more) throws Exception {
    this.folder = Files.createDirectories(folder);
    zooKeeper = new TestingServer(true);
    database =
        Server.createTcpServer(
                "-tcpPort", "0", "-ifNotExists", "-baseDir", folder.toAbsolutePath().toString())
            .start();
    for (int i = 0; i < 3; i++) {
      ports.add(ChildJvm.freePort());
    }
    // one after the other: a small machine starts three at once more slowly
    for (int i = 0; i < 3; i++) {
      nodes.add(start(i));
      awaitNode(i);
    }
    Map<String, Object> properties = properties();
    properties.putAll(more);
    console =
        new SpringApplicationBuilder(ConsoleApplication.class)
            .web(WebApplicationType.REACTIVE)
            .properties(properties)
            .run();
  }

  private Process start(int i) throws IOException {
    Map<String, String> settings = new HashMap<>();
    settings.put("spring.application.name", "shop");
    settings.put("spring.main.banner-mode", "off");
    settings.put(
        "spawn.statestore.url", "jdbc:h2:tcp://localhost:" + database.getPort() + "/./shop");
    settings.put("spawn.cluster.type", "zookeeper");
    settings.put("spawn.cluster.node", "node-" + (char) ('a' + i));
    settings.put("spawn.cluster.zookeeper.connect-string", zooKeeper.getConnectString());
    settings.put("spawn.cluster.transport.host", "127.0.0.1");
    settings.put("spawn.management.port", ports.get(i).toString());
    settings.put("spawn.management.token", TOKEN);
    settings.put("spawn.limits.delivery-attempts", "1");
    settings.put("shop.customers", "true");
    return ChildJvm.start(
        ChildJvm.java("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto"),
        ChildJvm.main(ShopNode.class),
        settings,
        folder.resolve("node-" + i + ".log"));
  }

  private Map<String, Object> properties() {
    Map<String, Object> all = new HashMap<>();
    all.put("server.port", "0");
    all.put("spawn.admin.path", "/console");
    all.put("spawn.admin.token", TOKEN);
    all.put(
        "spring.autoconfigure.exclude",
        "org.spawnmesh.spring.autoconfigure.SpawnAutoConfiguration,org.spawnmesh.spring.autoconfigure.SpawnManagementAutoConfiguration");
    all.put("spawn.admin.audit-file", folder.resolve("audit.jsonl").toString());
    // the first node is found, the others are listed
    all.put("spawn.admin.discovery.zookeeper.connect-string", zooKeeper.getConnectString());
    for (int i = 0; i < 2; i++) {
      all.put("spawn.admin.nodes[" + i + "]", "http://127.0.0.1:" + ports.get(i + 1));
    }
    for (int i = 0; i < 3; i++) {
      String user = USERS.get(i);
      all.put("spawn.admin.users[" + i + "].name", user);
      all.put("spawn.admin.users[" + i + "].password", user + "-password");
      all.put("spawn.admin.users[" + i + "].roles[0]", user.toUpperCase(java.util.Locale.ROOT));
    }
    return all;
  }

  /** Where the console is, with a slash at the end. */
  public String consoleAddress() {
    int port = ((ReactiveWebServerApplicationContext) console).getWebServer().getPort();
    return "http://127.0.0.1:%d/console/".formatted(port);
  }

  /** Ends a node at once, as a crash does. */
  public void kill(int i) throws InterruptedException {
    nodes.get(i).destroyForcibly().waitFor();
  }

  /** Begins another life of a node. */
  public void restart(int i) throws Exception {
    kill(i);
    nodes.set(i, start(i));
    awaitNode(i);
  }

  private void awaitNode(int i) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + ports.get(i) + "/v1/mesh"))
            .header("Authorization", "Bearer " + TOKEN)
            .build();
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      try {
        String mesh = http.send(request, BodyHandlers.ofString()).body();
        if (mesh.split("\"incarnation\"", -1).length > nodes.size()) {
          return; // with all that were started
        }
      } catch (IOException e) {
        if (!nodes.get(i).isAlive()) {
          throw new IllegalStateException("Node %d has ended; see %s".formatted(i, folder), e);
        }
      }
      TimeUnit.MILLISECONDS.sleep(100); // another process: there is no event to wait for
    }
    throw new IllegalStateException(
        "Node %d is in no mesh with the others; see %s".formatted(i, folder));
  }

  @Override
  public void close() throws Exception {
    console.close();
    nodes.forEach(Process::destroyForcibly);
    for (Process node : nodes) {
      node.waitFor();
    }
    zooKeeper.close();
    database.stop();
  }
}
