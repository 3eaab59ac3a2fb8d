package org.spawnmesh.examples;

import static org.assertj.core.api.Assertions.assertThat;

import com.jayway.jsonpath.JsonPath;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Somebody who logged in at the console as a browser does it. Thread-safe. */
final class ConsoleSession implements AutoCloseable {

  private static final Pattern CSRF = Pattern.compile("value=\"([^\"]+)\"");

  private final HttpClient http =
      HttpClient.newBuilder().cookieHandler(new CookieManager()).build();
  private final String origin;

  private ConsoleSession(String origin) {
    this.origin = origin;
  }

  static ConsoleSession logIn(int port, String user, String password) throws Exception {
    var session = new ConsoleSession("http://127.0.0.1:" + port);
    Matcher token = CSRF.matcher(session.get("/login").body());
    assertThat(token.find()).isTrue();
    HttpResponse<String> answer =
        session.http.send(
            HttpRequest.newBuilder(URI.create(session.origin + "/login"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    BodyPublishers.ofString(
                        "username=%s&password=%s&_csrf=%s"
                            .formatted(encoded(user), encoded(password), encoded(token.group(1)))))
                .build(),
            BodyHandlers.ofString());
    assertThat(answer.headers().firstValue("Location")).contains("/");
    return session;
  }

  /** What JSON path finds in an answer of the console's API. */
  List<String> ask(String path, String jsonPath) throws Exception {
    HttpResponse<String> answer = get("/api/" + path);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return JsonPath.read(answer.body(), jsonPath);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return http.send(
        HttpRequest.newBuilder(URI.create(origin + path)).build(), BodyHandlers.ofString());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    http.close();
  }
}
