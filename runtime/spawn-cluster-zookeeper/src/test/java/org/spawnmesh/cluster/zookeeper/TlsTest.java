package org.spawnmesh.cluster.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.curator.test.InstanceSpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.Membership.MembershipUnavailableException;
import org.spawnmesh.cluster.zookeeper.ZooKeeperSettings.Tls;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.test.cluster.ListeningNode;
import org.spawnmesh.time.SystemTimers;

/** A real server that takes connections over TLS, from clients with a certificate. */
class TlsTest {

  private static final String PASSWORD = "changeit";

  @TempDir Path directory;

  /** The server is configured by properties of the JVM, which others must not find. */
  private final Properties before = new Properties();

  private final List<ListeningNode> nodes = new ArrayList<>();
  private SystemTimers timers;
  private Server server;
  private String connect;
  private Tls.Keys clientKeys;
  private Tls.Keys serverTrusted;

  @BeforeEach
  void startServer() throws Exception {
    before.putAll(System.getProperties());
    timers = new SystemTimers(Thread.ofPlatform().daemon().factory());
    Path serverKeys = keys("server");
    clientKeys = new Tls.Keys(keys("client"), "PKCS12", PASSWORD);
    serverTrusted = new Tls.Keys(trust(serverKeys, "server"), "PKCS12", PASSWORD);
    int port = InstanceSpec.getRandomPort();
    connect = "localhost:" + port;
    server =
        new Server(
            directory,
            Map.of(
                "serverCnxnFactory",
                "org.apache.zookeeper.server.NettyServerCnxnFactory",
                "secureClientPort",
                "" + port,
                "ssl.keyStore.location",
                serverKeys.toString(),
                "ssl.keyStore.password",
                PASSWORD,
                "ssl.trustStore.location",
                trust(clientKeys.file(), "client").toString(),
                "ssl.trustStore.password",
                PASSWORD));
  }

  @AfterEach
  void stopServer() throws Exception {
    nodes.forEach(ListeningNode::close);
    timers.close();
    server.close();
    System.setProperties(before);
  }

  private ListeningNode node(long incarnation, Tls tls) {
    var node =
        new ListeningNode(
            new ZooKeeperMembership(
                "tls",
                ZooKeeperSettings.of(connect)
                    .timeouts(Duration.ofSeconds(5), Duration.ofSeconds(1))
                    .tls(tls),
                timers,
                Thread.ofPlatform().daemon().factory()),
            new Member(new Incarnation(incarnation), "node", "localhost:1", "1", Map.of()),
            Duration.ofSeconds(20));
    nodes.add(node);
    node.start();
    return node;
  }

  @Test
  void whoTrustsTheServerAndIsTrustedSeesTheOthers() throws Exception {
    ListeningNode a = node(1, new Tls(serverTrusted, clientKeys, true));
    ListeningNode b = node(2, new Tls(serverTrusted, clientKeys, true));
    a.announceAtLast();
    b.announceAtLast();
    a.sees(a.self(), b.self());
    b.sees(a.self(), b.self());

    Tls.Keys wrong = new Tls.Keys(trust(clientKeys.file(), "client"), "PKCS12", PASSWORD);
    for (Tls tls :
        List.of(new Tls(wrong, clientKeys, true), new Tls(serverTrusted, serverTrusted, true))) {
      ListeningNode stranger = node(3, tls);
      assertThatExceptionOfType(MembershipUnavailableException.class)
          .isThrownBy(stranger::announce);
      assertThat(stranger.observe().live()).isEmpty();
    }
  }

  private Path keys(String name) throws Exception {
    Path file = directory.resolve(name + ".p12");
    keytool(
        "-genkeypair",
        "-alias",
        name,
        "-keyalg",
        "EC",
        "-dname",
        "CN=" + name,
        "-ext",
        "san=dns:localhost,ip:127.0.0.1",
        "-keystore",
        file.toString());
    return file;
  }

  private Path trust(Path keys, String alias) throws Exception {
    Path certificate = directory.resolve(alias + ".cer");
    Path file = directory.resolve("trusts-" + alias + ".p12");
    if (file.toFile().exists()) {
      return file;
    }
    keytool(
        "-exportcert",
        "-alias",
        alias,
        "-keystore",
        keys.toString(),
        "-file",
        certificate.toString());
    keytool(
        "-importcert",
        "-noprompt",
        "-alias",
        alias,
        "-keystore",
        file.toString(),
        "-file",
        certificate.toString());
    return file;
  }

  private static void keytool(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(
        List.of("-J-XX:TieredStopAtLevel=1", "-storetype", "PKCS12", "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
  }
}
