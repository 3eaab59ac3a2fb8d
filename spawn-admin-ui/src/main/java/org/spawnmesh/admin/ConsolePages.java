package org.spawnmesh.admin;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.security.web.server.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.HtmlUtils;
import reactor.core.publisher.Mono;

/**
 * The two HTML documents: the page to log in, which works without a script, and the one that the
 * script fills.
 */
@RestController
final class ConsolePages {

  private static final String LOGIN = text("login.html");
  private static final @Nullable String INDEX = built("dist/index.html");
  private static final String NOT_BUILT = text("not-built.html");

  private final Map<String, String> providers;

  /**
   * @param providers names of those who log people in elsewhere, by the path that leads there
   */
  ConsolePages(Map<String, String> providers) {
    this.providers = providers;
  }

  private static String text(String name) {
    String text = built(name);
    if (text == null) {
      throw new IllegalStateException(name + " is not beside " + ConsolePages.class);
    }
    return text;
  }

  private static @Nullable String built(String name) {
    try (InputStream in = new ClassPathResource(name, ConsolePages.class).getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return null;
    }
  }

  @GetMapping(path = "/login", produces = MediaType.TEXT_HTML_VALUE)
  Mono<ResponseEntity<String>> login(ServerWebExchange exchange) {
    Mono<CsrfToken> token = exchange.getAttributeOrDefault(CsrfToken.class.getName(), Mono.empty());
    Set<String> told = exchange.getRequest().getQueryParams().keySet();
    StringBuilder others = new StringBuilder();
    providers.forEach(
        (path, name) ->
            others.append(
                "<p><a class=\"other\" href=\"%s\">Log in with %s</a></p>"
                    .formatted(HtmlUtils.htmlEscape(path), HtmlUtils.htmlEscape(name))));
    return token.map(
        csrf ->
            html(
                LOGIN
                    .replace("{base}", base(exchange))
                    .replace("{message}", message(told))
                    .replace("{others}", others)
                    .replace("{parameter}", HtmlUtils.htmlEscape(csrf.getParameterName()))
                    .replace("{token}", HtmlUtils.htmlEscape(csrf.getToken()))));
  }

  private static String message(Set<String> told) {
    if (told.contains("wait")) {
      return "<p class=\"error\" role=\"alert\">Too many attempts. Try again in %d minutes.</p>"
          .formatted(LoginBrake.WINDOW.toMinutes());
    }
    if (told.contains("error")) {
      return "<p class=\"error\" role=\"alert\">That name and password do not fit.</p>";
    }
    return told.contains("logout") ? "<p role=\"status\">You have logged out.</p>" : "";
  }

  @GetMapping(
      path = {
        "/",
        "/overview",
        "/actors",
        "/actor",
        "/mesh",
        "/live",
        "/agenda",
        "/deployments",
        "/deployment",
        "/audit"
      },
      produces = MediaType.TEXT_HTML_VALUE)
  ResponseEntity<String> page(ServerWebExchange exchange) {
    return html(
        INDEX == null
            ? NOT_BUILT
            : INDEX.replace("<base href=\"/\"", "<base href=\"%s\"".formatted(base(exchange))));
  }

  private static String base(ServerWebExchange exchange) {
    return HtmlUtils.htmlEscape(exchange.getRequest().getPath().contextPath().value() + "/");
  }

  private static ResponseEntity<String> html(String body) {
    return ResponseEntity.ok().cacheControl(CacheControl.noStore()).body(body);
  }
}
