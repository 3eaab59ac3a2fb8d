package org.spawnmesh.proxy.ingress;

import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Asks for the token on all paths that WebFlux serves, except for the proxy's health. */
record ApiTokenFilter(ApiToken token) implements WebFilter {

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (isHealth(exchange.getRequest().getPath().value())) {
      return chain.filter(exchange);
    }
    try {
      token.require(exchange.getRequest().getHeaders().getFirst(HttpHeaders.AUTHORIZATION));
    } catch (RefusedRequestException e) {
      return refuse(Outcome.of(e), exchange.getResponse());
    }
    return chain.filter(exchange);
  }

  private static boolean isHealth(String path) {
    return path.equals("/health") || path.startsWith("/health/");
  }

  private static Mono<Void> refuse(Outcome outcome, ServerHttpResponse response) {
    byte[] body = (outcome.failure() + "\n").getBytes(StandardCharsets.UTF_8);
    response.setStatusCode(outcome.http());
    response.getHeaders().set(HttpHeaders.WWW_AUTHENTICATE, ApiToken.SCHEME);
    response.getHeaders().setContentType(MediaType.TEXT_PLAIN);
    response.getHeaders().setContentLength(body.length);
    return response.writeWith(Mono.just(response.bufferFactory().wrap(body)));
  }
}
