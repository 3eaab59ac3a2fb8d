package org.spawnmesh.spring.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** With an SSL bundle, who shows a certificate that it trusts may ask, and nobody else. */
class MutualTlsTest {

  private static final String PASSWORD = "changeit";

  @TempDir static Path directory;
  private static ConfigurableApplicationContext context;

  /** Three that sign for themselves: the node, a console that it trusts, and somebody. */
  @BeforeAll
  static void start() throws Exception {
    for (String name : List.of("node", "console", "somebody")) {
      keytool(
          "-genkeypair -alias %1$s -dname CN=%1$s -keyalg EC -ext san=ip:127.0.0.1 -keystore %1$s.p12"
              .formatted(name));
      keytool("-exportcert -alias %1$s -keystore %1$s.p12 -file %1$s.crt".formatted(name));
      keytool(
          "-importcert -noprompt -alias %1$s -file %1$s.crt -keystore trust-%1$s.p12"
              .formatted(name));
    }
    String bundle = "spring.ssl.bundle.jks.management.";
    context =
        new SpringApplicationBuilder(ManagementTest.Application.class)
            .web(WebApplicationType.NONE)
            .properties(
                Map.of(
                    "spring.application.name",
                    "bank",
                    "spawn.management.port",
                    "0",
                    "spawn.management.ssl-bundle",
                    "management",
                    bundle + "keystore.location",
                    directory.resolve("node.p12").toString(),
                    bundle + "keystore.password",
                    PASSWORD,
                    bundle + "truststore.location",
                    directory.resolve("trust-console.p12").toString(),
                    bundle + "truststore.password",
                    PASSWORD))
            .run();
  }

  @AfterAll
  static void stop() {
    if (context != null) {
      context.close();
    }
  }

  private static void keytool(String arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments.split(" ")));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", PASSWORD));
    Path log = directory.resolve("keytool.log");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    if (process.waitFor() != 0) {
      throw new IOException(Files.readString(log));
    }
  }

  private static KeyStore load(String name) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(directory.resolve(name + ".p12"))) {
      store.load(in, PASSWORD.toCharArray());
    }
    return store;
  }

  /** Asks over TLS, trusting the node, with somebody's certificate, or with none. */
  private static HttpResponse<String> ask(@Nullable String identity) throws Exception {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(load("trust-node"));
    KeyManager[] keys = new KeyManager[0];
    if (identity != null) {
      KeyManagerFactory own =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      own.init(load(identity), PASSWORD.toCharArray());
      keys = own.getKeyManagers();
    }
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys, trust.getTrustManagers(), null);
    int port = context.getBean(ManagementServer.class).port();
    try (HttpClient http = HttpClient.newBuilder().sslContext(tls).build()) {
      return http.send(
          HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/v1/node")).build(),
          BodyHandlers.ofString());
    }
  }

  @Test
  void whoShowsACertificateThatIsTrustedIsAnsweredWithoutAToken() throws Exception {
    HttpResponse<String> answer = ask("console");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("\"system\":\"bank\"");
  }

  @Test
  void whoShowsNoneIsRefused() {
    assertThatThrownBy(() -> ask(null)).isInstanceOf(IOException.class);
  }

  @Test
  void whoShowsAnotherIsRefused() {
    assertThatThrownBy(() -> ask("somebody")).isInstanceOf(IOException.class);
  }

  @Test
  void plainHttpIsNotUnderstood() {
    int port = context.getBean(ManagementServer.class).port();
    assertThatThrownBy(
            () -> {
              try (HttpClient http = HttpClient.newHttpClient()) {
                http.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/node"))
                        .build(),
                    BodyHandlers.ofString());
              }
            })
        .isInstanceOf(IOException.class);
  }
}
