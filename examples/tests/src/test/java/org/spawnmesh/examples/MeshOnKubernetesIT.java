package org.spawnmesh.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The two pods of a host whose system finds its nodes by the API server and encrypts what they say,
 * as processes of this machine: with the environment, the files and the rights that the objects
 * give them which the controller makes.
 */
class MeshOnKubernetesIT {

  private static final Path OBJECTS =
      Path.of("../../spawn-controller/src/test/resources/desired/encrypted/objects.yaml");
  private static final Path EXAMPLE = Path.of("../kubernetes");
  private static final Duration SOON = Duration.ofSeconds(60);

  /** A server of HTTP/2 says its settings first, in a frame shorter than 65 kB. */
  private static final int FIRST_OF_SETTINGS = 0;

  private static final String TLS = "/etc/spawn/tls";
  private static final String ACCOUNT = "/var/run/secrets/kubernetes.io/serviceaccount";

  /** One pod: its proxy, the application beside it, and where they are. */
  private record Node(String name, Proxy proxy, RunningProcess host, int peers, int management) {}

  @TempDir private static Path folder;

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final List<Node> nodes = new ArrayList<>();
  private static EmbeddedPostgres postgres;
  private static ApiServer kubernetes;
  private static Manifests manifests;
  private static IssuedCertificate certificate;

  @BeforeAll
  static void start() throws Exception {
    RunningProcess.assumeInstalled("python3");
    manifests = new Manifests(OBJECTS);
    Map<String, Object> wanted = manifests.find("Certificate", "shop-mesh");
    String secret = Manifests.text(Manifests.map(wanted, "spec"), "secretName");
    certificate = new IssuedCertificate(wanted, folder.resolve(secret));
    kubernetes = new ApiServer();
    postgres = ThisMachine.shopDatabase();
    List<CompletableFuture<Node>> starting = new ArrayList<>();
    for (String name : List.of("bank-0", "bank-1")) {
      starting.add(CompletableFuture.supplyAsync(() -> node(name)));
    }
    for (CompletableFuture<Node> each : starting) {
      nodes.add(each.join());
    }
  }

  private static Node node(String name) {
    try {
      return startNode(name);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static Node startNode(String name) throws Exception {
    var pod =
        new PodEnvironment(
            Map.of(
                "metadata.name",
                name,
                "metadata.namespace",
                "shop",
                "metadata.uid",
                "uid-of-" + name,
                "status.podIP",
                "127.0.0.1"),
            EXAMPLE.resolve("postgres.yaml"),
            EXAMPLE.resolve("console.yaml"),
            OBJECTS);
    String hostPort = String.valueOf(ThisMachine.freePort());
    String proxyPort = String.valueOf(ThisMachine.freePort());
    int peers = ThisMachine.freePort();
    int management = ThisMachine.freePort();
    Map<String, String> more =
        new HashMap<>(kubernetes.surroundings(folder, name, pod.rights("sidecar")));
    more.put("JAVA_TOOL_OPTIONS", "-Xmx192m");
    Map<String, String> environment =
        ThisMachine.environment(
            mounted(pod),
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
                String.valueOf(peers),
                "SPAWN_MANAGEMENT_PORT",
                String.valueOf(management)),
            more);
    Proxy proxy = Proxy.startAs(Files.createDirectories(folder.resolve(name)), "shop", environment);
    RunningProcess host = ThisMachine.pythonHost(name, pod.of("actorhost"), environment);
    return new Node(name, proxy, host, peers, management);
  }

  /** The proxy's environment, with the volume of the certificate's Secret where it is here. */
  private static Map<String, String> mounted(PodEnvironment pod) {
    String secret =
        Manifests.text(Manifests.map(pod.volumeAt("sidecar", TLS), "secret"), "secretName");
    assertThat(folder.resolve(secret)).as("cert-manager makes this Secret").isDirectory();
    Map<String, String> environment = new HashMap<>(pod.of("sidecar"));
    environment.replaceAll(
        (name, value) -> value.replace("file:" + TLS, "file:" + folder.resolve(secret)));
    List<?> files =
        Manifests.list(Manifests.map(pod.volumeAt("sidecar", ACCOUNT), "projected"), "sources");
    assertThat(files.toString()).contains("path=token", "path=namespace", "path=ca.crt");
    return environment;
  }

  @AfterAll
  static void stop() throws Exception {
    for (Node node : nodes) {
      RunningProcess.closeAll(node.host, node.proxy);
    }
    RunningProcess.closeAll(kubernetes, postgres);
  }

  @Test
  void anActorIsTheSameFromBothNodesUntilOneLeaves() throws Exception {
    Node first = nodes.get(0);
    Node second = nodes.get(1);
    for (Node owner : nodes) {
      Node other = owner == first ? second : first;
      String account = awaitAccountOf(owner, other);
      assertThat(other.proxy.ask("account/" + account, "deposit", "{\"amount\":5}"))
          .isEqualTo("{\"balance\":5}");
      assertThat(owner.proxy.ask("account/" + account, "deposit", "{\"amount\":2}"))
          .isEqualTo("{\"balance\":7}");
      assertThat(manage(owner, "types/account/active?prefix=" + account)).contains(account);
      assertThat(manage(other, "types/account/active?prefix=" + account)).doesNotContain(account);
    }
    assertThat(kubernetes.leaseOwners())
        .containsExactlyInAnyOrder("uid-of-bank-0", "uid-of-bank-1");

    String moving = awaitAccountOf(second, first);
    second.proxy.stop();
    assertThat(first.proxy.ask("account/" + moving, "balance", "")).isEqualTo("{\"balance\":7}");
    assertThat(kubernetes.leaseOwners()).containsExactly("uid-of-bank-0");
    assertThat(kubernetes.refused()).as("the role has all that is needed").isEmpty();
  }

  /** An account that this node owns, as the other one sees it; once it does. */
  private String awaitAccountOf(Node owner, Node other) throws Exception {
    long end = System.nanoTime() + SOON.toNanos();
    while (System.nanoTime() < end) {
      for (int i = 0; i < 64; i++) {
        String name = owner.name + "-" + i;
        String seen = JsonPath.read(manage(other, "types/account/actors/" + name), "$.owner");
        if (owner.name.equals(seen)) {
          return name;
        }
      }
      TimeUnit.MILLISECONDS.sleep(100); // other processes, which tell nobody but those who ask
    }
    throw new AssertionError(
        "%s sees no actor at %s:%n%s".formatted(other.name, owner.name, other.proxy.output()));
  }

  private static String manage(Node node, String path) throws Exception {
    HttpResponse<String> answer =
        HTTP.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:%d/v1/%s".formatted(node.management, path)))
                .header("Authorization", "Bearer change-me-change-me")
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  @Test
  void whoHasNoCertificateOfTheMeshIsNoPeer() throws Exception {
    int port = nodes.get(0).peers;
    assertThat(isHeard(port, certificate.shown(certificate))).isTrue();
    assertThat(isHeard(port, certificate.withoutOne())).isFalse();
    var stranger =
        new IssuedCertificate(
            manifests.find("Certificate", "shop-mesh"), folder.resolve("stranger"));
    assertThat(isHeard(port, certificate.shown(stranger))).isFalse();
    assertThat(isHeardInPlain(port)).isFalse();
  }

  private static boolean isHeardInPlain(int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket
          .getOutputStream()
          .write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      return socket.getInputStream().read() == FIRST_OF_SETTINGS;
    } catch (IOException refused) {
      return false;
    }
  }

  /** Whether the node answers; it proves in any case that it is of the mesh. */
  private static boolean isHeard(int port, SSLContext context) throws IOException {
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2"});
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      assertThat(shown.getSubjectAlternativeNames().toString()).contains("shop.mesh.spawn-eigr.io");
      return socket.getInputStream().read() == FIRST_OF_SETTINGS;
    } catch (IOException refused) {
      return false;
    } catch (java.security.cert.CertificateParsingException e) {
      throw new AssertionError(e);
    }
  }
}
