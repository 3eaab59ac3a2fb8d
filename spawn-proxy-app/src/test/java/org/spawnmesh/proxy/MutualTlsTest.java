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
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A bundle of Spring Boot is all it takes to let in only callers with a certificate. */
class MutualTlsTest {

  @TempDir Path directory;

  @Test
  void onlyCallersWithACertificateAreServed() throws Exception {
    Certificates certificates = new Certificates(directory);
    Path server = certificates.keyStore("server", "localhost");
    Path client = certificates.keyStore("client", "client");
    Path stranger = certificates.keyStore("stranger", "client");
    Path trusted = certificates.trust(client, "client");
    try (TestHost host = TestHost.start();
        RunningProxy proxy =
            RunningProxy.start(
                directory,
                host,
                "spring.ssl.bundle.jks.ingress.keystore.location=" + server.toUri(),
                "spring.ssl.bundle.jks.ingress.keystore.password=" + Certificates.PASSWORD,
                "spring.ssl.bundle.jks.ingress.truststore.location=" + trusted.toUri(),
                "spring.ssl.bundle.jks.ingress.truststore.password=" + Certificates.PASSWORD,
                "server.ssl.bundle=ingress",
                "server.ssl.client-auth=need")) {
      URI health =
          URI.create(proxy.base.replace("http://127.0.0.1", "https://localhost") + "/health");
      Path trustOfClient = certificates.trust(server, "server");

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
      own.init(load(keys), Certificates.PASSWORD.toCharArray());
    }
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys == null ? null : own.getKeyManagers(), trusts.getTrustManagers(), null);
    return tls;
  }

  private static KeyStore load(Path file) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, Certificates.PASSWORD.toCharArray());
    }
    return store;
  }
}
