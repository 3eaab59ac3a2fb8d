package org.spawnmesh.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Somebody who uses the console's API as its pages do. Confined to one thread. */
final class Visitor implements AutoCloseable {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern TOKEN = Pattern.compile("name=\"_csrf\" value=\"([^\"]+)\"");

  private final String application;
  private final String console;
  private final HttpClient http =
      HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
  private @Nullable JsonNode me;

  /**
   * @param application where it is, without a slash at the end
   * @param mount where in it the console is, the same
   */
  Visitor(String application, String mount) {
    this.application = application;
    this.console = application + mount;
  }

  /** The application's own answer. */
  HttpResponse<String> outside(String path) throws Exception {
    return page(application + path);
  }

  /**
   * @param path below the console, with a slash at its beginning
   */
  HttpResponse<String> get(String path) throws Exception {
    return page(console + path);
  }

  private HttpResponse<String> page(String address) throws Exception {
    return http.send(HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString());
  }

  /** Where the console leads who has sent this form. */
  String logIn(String name, String password) throws Exception {
    Matcher token = TOKEN.matcher(get("/login").body());
    assertThat(token.find()).isTrue();
    String form =
        "username=%s&password=%s&_csrf=%s"
            .formatted(encoded(name), encoded(password), encoded(token.group(1)));
    return http.send(
            HttpRequest.newBuilder(URI.create(console + "/login"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form))
                .build(),
            BodyHandlers.ofString())
        .headers()
        .firstValue("Location")
        .orElse("");
  }

  /** Logs in, and may change something from now on. */
  void enter(String name, String password) throws Exception {
    assertThat(logIn(name, password)).endsWith("/");
    me = ask("me");
  }

  /** What the API answers. */
  JsonNode ask(String path) throws Exception {
    return good(get("/api/" + path));
  }

  JsonNode post(String path, String body) throws Exception {
    JsonNode known = me;
    assertThat(known).as("has entered").isNotNull();
    return good(
        http.send(
            HttpRequest.newBuilder(URI.create(console + "/api/" + path))
                .header("Content-Type", "application/json")
                .header(known.get("csrfHeader").asString(), known.get("csrfToken").asString())
                .POST(BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString()));
  }

  /** What happens, line by line, until the stream is closed. */
  HttpResponse<Stream<String>> live() throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(console + "/api/live"))
            .header("Accept", "text/event-stream")
            .build(),
        BodyHandlers.ofLines());
  }

  private static JsonNode good(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return JSON.readTree(response.body());
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
