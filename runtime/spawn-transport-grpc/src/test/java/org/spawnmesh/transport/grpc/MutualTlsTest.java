package org.spawnmesh.transport.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.cluster.PeerAnswer;
import org.spawnmesh.cluster.PeerMessage;
import org.spawnmesh.cluster.PeerTransport.Inbox;
import org.spawnmesh.cluster.PeerTransport.Reach;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.time.SystemTimers;

/** Who has a certificate of the mesh gets in, nobody else. The certificates are made by keytool. */
class MutualTlsTest {

  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final Incarnation SERVER = new Incarnation(1);
  private static final Incarnation CLIENT = new Incarnation(2);

  @TempDir static Path directory;

  private final SystemTimers timers = new SystemTimers(Thread.ofPlatform().daemon().factory());
  private final List<GrpcTransport> started = new ArrayList<>();
  private final List<Object> arrivals = new ArrayList<>();

  /**
   * Two authorities. Of the mesh's: a node that is at 127.0.0.1, and one that has the mesh's name.
   * Of the other: a node with the right name.
   */
  @BeforeAll
  static void makeCertificates() throws Exception {
    authority("mesh");
    authority("other");
    certificate("node", "mesh", "ip:127.0.0.1");
    certificate("named", "mesh", "dns:spawn.mesh");
    certificate("stranger", "other", "ip:127.0.0.1");
  }

  private static void authority(String name) throws Exception {
    keytool(
        "-genkeypair -alias %1$s -dname CN=%1$s -keyalg EC -ext bc:c -storetype PKCS12 -keystore %1$s.p12"
            .formatted(name));
    keytool("-exportcert -alias %1$s -keystore %1$s.p12 -file %1$s.crt".formatted(name));
    keytool(
        "-importcert -noprompt -alias %1$s -file %1$s.crt -storetype PKCS12 -keystore trust-%1$s.p12"
            .formatted(name));
  }

  private static void certificate(String name, String authority, String subject) throws Exception {
    String store = "-storetype PKCS12 -keystore " + name + ".p12";
    keytool("-genkeypair -alias node -dname CN=%s -keyalg EC %s".formatted(name, store));
    keytool("-certreq -alias node -file %s.csr %s".formatted(name, store));
    keytool(
        "-gencert -alias %1$s -keystore %1$s.p12 -infile %2$s.csr -outfile %2$s.crt -ext san=%3$s"
            .formatted(authority, name, subject));
    keytool("-importcert -noprompt -alias ca -file %s.crt %s".formatted(authority, store));
    keytool("-importcert -noprompt -alias node -file %s.crt %s".formatted(name, store));
  }

  private static void keytool(String arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments.split(" ")));
    command.addAll(List.of("-storepass", new String(PASSWORD)));
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("keytool.log").toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(Files.readString(directory.resolve("keytool.log")));
    }
  }

  private static MutualTls tls(String name, String trusted, @Nullable String peerName)
      throws Exception {
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(load(name), PASSWORD);
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(load("trust-" + trusted));
    return new MutualTls(keys, trust, peerName);
  }

  private static KeyStore load(String name) throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(directory.resolve(name + ".p12"))) {
      store.load(in, PASSWORD);
    }
    return store;
  }

  @AfterEach
  void stop() {
    started.forEach(GrpcTransport::close);
    timers.close();
  }

  private String start(GrpcTransport transport, Incarnation self) {
    started.add(transport);
    String address =
        transport.start(
            new Inbox() {
              @Override
              public CompletionStage<PeerAnswer> invoked(
                  Incarnation from, long view, Invocation invocation) {
                arrivals.add(invocation);
                return CompletableFuture.completedFuture(
                    new PeerAnswer.Answered(Answer.of(invocation.payload())));
              }

              @Override
              public void received(Incarnation from, long view, PeerMessage message) {
                arrivals.add(message);
              }

              @Override
              public void broken(Incarnation to, Reach reach) {}
            });
    transport.identify(self);
    return address;
  }

  private GrpcTransport transport(@Nullable MutualTls tls) {
    return new GrpcTransport(
        ListenAddress.LOOPBACK,
        GrpcTransportTest.SETTINGS.withConnectTimeout(Duration.ofSeconds(10)),
        tls,
        timers,
        new Random(),
        Thread.ofPlatform().daemon().factory());
  }

  private Answer ask(@Nullable MutualTls server, @Nullable MutualTls client) throws Exception {
    String address = start(transport(server), SERVER);
    GrpcTransport caller = transport(client);
    start(caller, CLIENT);
    PeerAnswer answer =
        caller
            .link(new Member(SERVER, "server", address, "1", Map.of()))
            .invoke(
                1,
                Invocation.ask(
                    ActorId.of("shop", "Cart", "a"), "add", Payload.of("t", new byte[300_000])))
            .toCompletableFuture()
            .get(30, TimeUnit.SECONDS);
    return ((PeerAnswer.Answered) answer).answer();
  }

  private void assertNotLetIn(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Failed.class);
    assertThat(((Answer.Failed) answer).failure().execution()).isEqualTo(Execution.NOT_EXECUTED);
    assertThat(arrivals).isEmpty();
  }

  @Test
  void nodesOfOneMeshTalk() throws Exception {
    Answer answer = ask(tls("node", "mesh", null), tls("node", "mesh", null));
    assertThat(answer.orThrow().bytes()).hasSize(300_000);
  }

  @Test
  void nodesThatAllBearTheMeshsNameTalk() throws Exception {
    Answer answer = ask(tls("named", "mesh", "spawn.mesh"), tls("named", "mesh", "spawn.mesh"));
    assertThat(answer.orThrow().bytes()).hasSize(300_000);
  }

  @Test
  void aClientOfAnotherAuthorityIsNotLetIn() throws Exception {
    assertNotLetIn(ask(tls("node", "mesh", null), tls("stranger", "mesh", null)));
  }

  @Test
  void aServerOfAnotherAuthorityIsNotTrusted() throws Exception {
    assertNotLetIn(ask(tls("stranger", "mesh", null), tls("node", "mesh", null)));
  }

  @Test
  void aServerThatIsNotTheOneThatWasCalledIsNotTrusted() throws Exception {
    assertNotLetIn(ask(tls("named", "mesh", null), tls("node", "mesh", null)));
  }

  @Test
  void whoHasNoCertificateIsNotLetIn() throws Exception {
    var anonymous = tls("node", "mesh", null);
    var noKeys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    var empty = KeyStore.getInstance("PKCS12");
    empty.load(null, null);
    noKeys.init(empty, null);
    assertNotLetIn(ask(anonymous, new MutualTls(noKeys, anonymous.trust(), null)));
  }

  @Test
  void whoSpeaksPlainlyIsNotLetIn() throws Exception {
    assertNotLetIn(ask(tls("node", "mesh", null), null));
  }
}
