package org.spawnmesh.proxy.ingress;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * Lets nobody in without the token, except those who ask for the proxy's health. One shared secret
 * is all there is to know about a caller, so there is nothing here for a security framework to do.
 */
final class ApiTokenFilter implements WebFilter {

  private static final String SCHEME = "Bearer ";

  private final byte[] token;

  ApiTokenFilter(String token) {
    this.token = token.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String path = exchange.getRequest().getPath().value();
    String given = exchange.getRequest().getHeaders().getFirst(HttpHeaders.AUTHORIZATION);
    return isHealth(path) || carriesToken(given)
        ? chain.filter(exchange)
        : refuse(path, exchange.getResponse());
  }

  private static boolean isHealth(String path) {
    return path.equals("/health") || path.startsWith("/health/");
  }

  /** Takes the same time however much of the token is right. */
  private boolean carriesToken(@Nullable String header) {
    return header != null
        && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        && MessageDigest.isEqual(
            token, header.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8));
  }

  private static Mono<Void> refuse(String path, ServerHttpResponse response) {
    Outcome outcome =
        new Outcome(
            HttpStatus.UNAUTHORIZED,
            Failure.notExecuted(
                FailureCode.ACCESS_DENIED,
                "The request does not carry this proxy's API token (Authorization: Bearer …)"));
    byte[] body = IngressRoutes.message(path, outcome.status()).toByteArray();
    response.setStatusCode(outcome.http());
    response.getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
    response.getHeaders().setContentType(MediaType.APPLICATION_OCTET_STREAM);
    response.getHeaders().setContentLength(body.length);
    return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
  }
}
