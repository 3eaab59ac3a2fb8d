package org.spawnmesh.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bundle of Spring Boot is all it takes to let in only callers with a certificate. */
class MutualTlsTest {

  private static final String PASSWORD = "changeit";

  @TempDir Path directory;

  @Test
  void onlyCallersWithACertificateAreServed() throws Exception {
    Path server = keyStore("server", "localhost");
    Path client = keyStore("client", "client");
    Path stranger = keyStore("stranger", "client");
    Path trusted = trust(client, "client");
    try (TestHost host = TestHost.start();
        RunningProxy proxy =
            RunningProxy.start(
                directory,
                host,
                "spring.ssl.bundle.jks.ingress.keystore.location=" + server.toUri(),
                "spring.ssl.bundle.jks.ingress.keystore.password=" + PASSWORD,
                "spring.ssl.bundle.jks.ingress.truststore.location=" + trusted.toUri(),
                "spring.ssl.bundle.jks.ingress.truststore.password=" + PASSWORD,
                "server.ssl.bundle=ingress",
                "server.ssl.client-auth=need")) {
      URI health =
          URI.create(proxy.base.replace("http://127.0.0.1", "https://localhost") + "/health");
      Path trustOfClient = trust(server, "server");

      assertThat(get(health, tls(client, trustOfClient)).statusCode()).isEqualTo(200);
      assertThatThrownBy(() -> get(health, tls(null, trustOfClient)))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> get(health, tls(stranger, trustOfClient)))
          .isInstanceOf(IOException.class);
    }
  }

  private static HttpResponse<String> get(URI uri, SSLContext tls)
      throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newBuilder().sslContext(tls).build()) {
      return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static SSLContext tls(@Nullable Path keys, Path trust) throws Exception {
    TrustManagerFactory trusts =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusts.init(load(trust));
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    if (keys != null) {
      own.init(load(keys), PASSWORD.toCharArray());
    }
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys == null ? null : own.getKeyManagers(), trusts.getTrustManagers(), null);
    return tls;
  }

  private static KeyStore load(Path file) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  private Path keyStore(String name, String commonName) throws Exception {
    Path file = directory.resolve(name + ".p12");
    keytool(
        "-genkeypair",
        "-alias",
        name,
        "-keyalg",
        "EC",
        "-dname",
        "CN=" + commonName,
        "-ext",
        "san=dns:localhost",
        "-keystore",
        file.toString());
    return file;
  }

  /** A store that holds the certificate of another one, and no key. */
  private Path trust(Path keys, String alias) throws Exception {
    Path certificate = directory.resolve(alias + ".cer");
    Path file = directory.resolve("trusts-" + alias + ".p12");
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
    List<String> command = new java.util.ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
  }
}
