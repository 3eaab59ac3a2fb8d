package org.spawnmesh.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.curator.test.InstanceSpec;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.zookeeper.ZooKeeperMembership;
import org.spawnmesh.cluster.zookeeper.ZooKeeperSettings;
import org.spawnmesh.cluster.zookeeper.ZooKeeperSettings.Auth;
import org.spawnmesh.cluster.zookeeper.ZooKeeperSettings.Tls;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.test.cluster.ListeningNode;
import org.spawnmesh.time.SystemTimers;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * A real ZooKeeper that takes connections over TLS, from clients with a certificate, and a node
 * that lets nobody read there who does not know its password.
 */
class SecuredZooKeeperTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String PASSWORD = "changeit";

  @TempDir Path folder;

  /** The server is configured by properties of the JVM, which others must not find. */
  private final Properties before = new Properties();

  private final Map<String, String> properties = new HashMap<>();
  private SystemTimers timers;
  private TestingServer server;
  private ListeningNode node;

  @BeforeEach
  void start() throws Exception {
    before.putAll(System.getProperties());
    for (String name : List.of("server", "node", "console")) {
      String store = "-keystore " + name + ".p12 -alias " + name;
      keytool(
          "-genkeypair -keyalg EC -dname CN=%s -ext san=dns:localhost,ip:127.0.0.1 %s"
              .formatted(name, store));
      keytool("-exportcert -file %s.cer %s".formatted(name, store));
      keytool(
          "-importcert -noprompt -alias %1$s -file %1$s.cer -keystore %2$s.p12"
              .formatted(name, name.equals("server") ? "trusts-server" : "trusts-clients"));
    }
    int port = InstanceSpec.getRandomPort();
    server =
        new TestingServer(
            new InstanceSpec(
                Files.createDirectories(folder.resolve("data")).toFile(),
                -1,
                -1,
                -1,
                false,
                1,
                500,
                -1,
                Map.of(
                    "serverCnxnFactory",
                    "org.apache.zookeeper.server.NettyServerCnxnFactory",
                    "secureClientPort",
                    "" + port,
                    "ssl.keyStore.location",
                    file("server"),
                    "ssl.keyStore.password",
                    PASSWORD,
                    "ssl.trustStore.location",
                    file("trusts-clients"),
                    "ssl.trustStore.password",
                    PASSWORD),
                null),
            true);
    properties.put("connect-string", "localhost:" + port);
    properties.put("root", "/ours");
    properties.put("username", "shop");
    properties.put("password", "the secret of the shop");
    properties.put("tls.enabled", "true");
    properties.put("tls.trust-store", file("trusts-server"));
    properties.put("tls.trust-store-password", PASSWORD);
    properties.put("tls.key-store", file("console"));
    properties.put("tls.key-store-password", PASSWORD);

    timers = new SystemTimers(Thread.ofPlatform().daemon().factory());
    node =
        new ListeningNode(
            new ZooKeeperMembership(
                "shop",
                ZooKeeperSettings.of("localhost:" + port)
                    .root("/ours")
                    .auth(Auth.digest("shop", "the secret of the shop"))
                    .tls(new Tls(keys("trusts-server"), keys("node"), true)),
                timers,
                Thread.ofPlatform().daemon().factory()),
            new Member(
                new Incarnation(1), "node", "10.0.0.7:1", "1", Map.of(), "http://10.0.0.7:9091"),
            PATIENCE);
    node.start();
    node.announceAtLast();
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
    timers.close();
    server.close();
    System.setProperties(before);
  }

  /** As the properties say. */
  private Discovery discovery(Map<String, String> different) {
    Map<String, String> all = new HashMap<>();
    properties.forEach((name, value) -> all.put("spawn.admin.discovery.zookeeper." + name, value));
    different.forEach((name, value) -> all.put("spawn.admin.discovery.zookeeper." + name, value));
    return new ZooKeeperDiscovery(
        new Binder(new MapConfigurationPropertySource(all))
            .bindOrCreate("spawn.admin", AdminProperties.class)
            .discovery()
            .zookeeper());
  }

  /** What comes of it when there is a connection; each attempt waits for one. */
  private static List<URI> connected(Discovery discovery) throws InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      try {
        return discovery.find();
      } catch (IllegalStateException e) {
        if (!e.getMessage().contains("ConnectionLoss") || System.nanoTime() > end) {
          throw e;
        }
      }
    }
  }

  @Test
  void whoIsTrustedAndKnowsThePasswordFindsTheNodes() throws Exception {
    try (Discovery console = discovery(Map.of())) {
      assertThat(connected(console)).containsExactly(URI.create("http://10.0.0.7:9091"));
    }
    // connected by its certificate, and no more: it is not the node's
    try (Discovery stranger = discovery(Map.of("password", "guess"))) {
      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> connected(stranger))
          .withMessageContaining("NoAuth");
    }
    for (Map<String, String> different :
        List.of(
            Map.of("tls.enabled", "false"),
            Map.of("tls.trust-store", file("trusts-clients")),
            Map.of("tls.key-store", file("server")))) {
      try (Discovery stranger = discovery(different)) {
        assertThatExceptionOfType(IllegalStateException.class)
            .as("%s", different)
            .isThrownBy(stranger::find)
            .withMessageContaining("ConnectionLoss");
      }
    }
  }

  private String file(String name) {
    return folder.resolve(name + ".p12").toString();
  }

  private Tls.Keys keys(String name) {
    return new Tls.Keys(folder.resolve(name + ".p12"), "PKCS12", PASSWORD);
  }

  private void keytool(String arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments.split(" ")));
    command.addAll(
        List.of("-J-XX:TieredStopAtLevel=1", "-storetype", "PKCS12", "-storepass", PASSWORD));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
  }
}
