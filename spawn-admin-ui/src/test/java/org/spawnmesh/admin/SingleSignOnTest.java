package org.spawnmesh.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.net.CookieManager;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.util.UriComponentsBuilder;

/** People are logged in by a provider, which is played by the test. */
class SingleSignOnTest {

  private HttpServer provider;
  private RSAKey key;
  private ConfigurableApplicationContext console;
  private String origin = "";
  private String issuer = "";
  private volatile String nonce = "";
  private volatile List<String> roles = List.of();
  private final HttpClient http =
      HttpClient.newBuilder().cookieHandler(new CookieManager()).build();

  @BeforeEach
  void start() throws Exception {
    key = new RSAKeyGenerator(2048).keyID("k").generate();
    provider = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    issuer = "http://127.0.0.1:" + provider.getAddress().getPort();
    answer(
        "/.well-known/openid-configuration",
        () ->
            """
            {"issuer":"%1$s","authorization_endpoint":"%1$s/authorize","token_endpoint":"%1$s/token",
             "jwks_uri":"%1$s/keys","subject_types_supported":["public"],
             "response_types_supported":["code"],"id_token_signing_alg_values_supported":["RS256"]}"""
                .formatted(issuer));
    answer("/keys", () -> new JWKSet(key.toPublicJWK()).toString());
    answer("/token", this::token);
    provider.start();
    console =
        new SpringApplicationBuilder(ConsoleApplication.class)
            .web(WebApplicationType.REACTIVE)
            .properties(
                Map.of(
                    "server.port", "0",
                    "spawn.admin.path", "/console",
                    "spawn.admin.nodes", "http://127.0.0.1:1",
                    "spawn.admin.oidc.issuer", issuer,
                    "spawn.admin.oidc.client-secret", "secret",
                    "spawn.admin.oidc.name", "the castle",
                    "spring.autoconfigure.exclude",
                        "org.spawnmesh.spring.autoconfigure.SpawnAutoConfiguration"))
            .run();
    origin =
        "http://127.0.0.1:"
            + ((ReactiveWebServerApplicationContext) console).getWebServer().getPort();
  }

  @AfterEach
  void stop() {
    console.close();
    provider.stop(0);
  }

  private interface Words {
    String get() throws Exception;
  }

  private void answer(String path, Words words) {
    provider.createContext(
        path,
        exchange -> {
          try (exchange) {
            byte[] bytes = words.get().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private String token() throws Exception {
    SignedJWT id =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k").build(),
            new JWTClaimsSet.Builder()
                .issuer(issuer)
                .subject("ada")
                .audience("spawn-console")
                .issueTime(new Date())
                .expirationTime(Date.from(Instant.now().plusSeconds(300)))
                .claim("nonce", nonce)
                .claim("roles", roles)
                .build());
    id.sign(new RSASSASigner(key));
    return "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"expires_in\":300,\"id_token\":\"%s\"}"
        .formatted(id.serialize());
  }

  private HttpResponse<String> get(String address) throws Exception {
    return http.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString());
  }

  private String location(HttpResponse<String> response) {
    return response.headers().firstValue("Location").orElseThrow();
  }

  /** As a browser does it, with the provider agreeing at once. */
  private String logIn() throws Exception {
    var asked =
        UriComponentsBuilder.fromUriString(location(get(origin + "/console/" + SingleSignOn.PATH)))
            .build(true)
            .getQueryParams();
    nonce = java.net.URLDecoder.decode(asked.getFirst("nonce"), StandardCharsets.UTF_8);
    String back =
        java.net.URLDecoder.decode(asked.getFirst("redirect_uri"), StandardCharsets.UTF_8);
    assertThat(back).startsWith(origin + "/console/");
    return location(get(back + "?code=c&state=" + asked.getFirst("state")));
  }

  @Test
  void whoTheProviderKnowsHasTheRolesItNames() throws Exception {
    assertThat(get(origin + "/console/login").body()).contains("Log in with the castle");
    roles = List.of("operator", "gardener");

    assertThat(logIn()).isEqualTo("/console/");

    assertThat(get(origin + "/console/api/me").body())
        .contains("\"name\":\"ada\"", "\"role\":\"OPERATOR\"");
    assertThat(get(origin + "/console/api/audit").statusCode()).isEqualTo(403);
  }

  @Test
  void whoHasNoRoleSeesNothing() throws Exception {
    roles = List.of("gardener");
    logIn();

    assertThat(get(origin + "/console/api/overview").body()).isEqualTo("{\"systems\":[]}");
    assertThat(get(origin + "/console/api/actors?system=shop&type=Cart").statusCode())
        .isEqualTo(403);
  }

  @Test
  void anIdTokenOfSomebodyElseIsRefused() throws Exception {
    roles = List.of("ADMIN");
    key = new RSAKeyGenerator(2048).keyID("k").generate();
    // the keys that the console fetches are those of another provider
    provider.removeContext("/keys");
    RSAKey another = new RSAKeyGenerator(2048).keyID("k").generate();
    answer("/keys", () -> new JWKSet(another.toPublicJWK()).toString());

    assertThat(logIn()).isEqualTo("/console/login?error");
    assertThat(get(origin + "/console/api/me").statusCode()).isEqualTo(401);
  }
}
