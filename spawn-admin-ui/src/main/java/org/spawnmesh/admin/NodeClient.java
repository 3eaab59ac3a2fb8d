package org.spawnmesh.admin;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientException;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** The management API of one node. Thread-safe; never blocks. */
final class NodeClient {

  private static final ParameterizedTypeReference<ServerSentEvent<JsonNode>> EVENT =
      new ParameterizedTypeReference<>() {};

  private final URI base;
  private final WebClient web;
  private final Duration patience;

  NodeClient(URI base, @Nullable String token, Duration patience, WebClient.Builder web) {
    this.base = base;
    this.patience = patience;
    this.web =
        web.clone()
            .defaultHeaders(
                headers -> {
                  if (token != null) {
                    headers.setBearerAuth(token);
                  }
                })
            .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(16 << 20))
            .build();
  }

  /** Host and port: what people know it by before it has told its name. */
  String address() {
    return base.getAuthority();
  }

  private URI uri(String path, Map<String, String> query, Object... segments) {
    UriComponentsBuilder uri = UriComponentsBuilder.fromUri(base).path("/v1/" + path);
    query.forEach((name, value) -> uri.queryParam(name, "{" + name + "}"));
    Object[] values = new Object[segments.length + query.size()];
    System.arraycopy(segments, 0, values, 0, segments.length);
    int i = segments.length;
    for (String value : query.values()) {
      values[i++] = value;
    }
    return uri.encode().buildAndExpand(values).toUri();
  }

  /**
   * @param path with a {@code {}} placeholder for each segment that is given
   * @return fails with {@link NodeException} if there is no good answer in time
   */
  Mono<JsonNode> get(String path, Map<String, String> query, Object... segments) {
    return answered(web.get().uri(uri(path, query, segments)), patience);
  }

  Mono<JsonNode> post(Duration wait, String path, Object body, Object... segments) {
    return answered(
        web.post()
            .uri(uri(path, Map.of(), segments))
            .contentType(MediaType.APPLICATION_JSON)
            .bodyValue(body),
        wait);
  }

  Mono<JsonNode> post(String path, Object body, Object... segments) {
    return post(patience, path, body, segments);
  }

  private Mono<JsonNode> answered(WebClient.RequestHeadersSpec<?> request, Duration wait) {
    return request
        .exchangeToMono(
            response -> {
              HttpStatusCode status = response.statusCode();
              return response
                  .bodyToMono(JsonNode.class)
                  .flatMap(
                      body ->
                          status.is2xxSuccessful()
                              ? Mono.just(body)
                              : Mono.error(new NodeException(status.value(), words(body))));
            })
        .timeout(wait)
        .onErrorMap(
            TimeoutException.class, e -> silent("no answer within " + wait.toMillis() + " ms"))
        .onErrorMap(WebClientRequestException.class, e -> silent(reason(e)))
        .onErrorMap(WebClientException.class, e -> silent(reason(e)));
  }

  private NodeException silent(String why) {
    return new NodeException(0, "%s: %s".formatted(address(), why));
  }

  private static String reason(Throwable e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return Objects.requireNonNullElse(cause.getMessage(), cause.getClass().getSimpleName());
  }

  private static String words(JsonNode body) {
    JsonNode error = body.get("error");
    return error == null ? body.toString() : error.asString();
  }

  /** What the node does, each second, for as long as somebody listens. */
  Flux<ServerSentEvent<JsonNode>> live() {
    return web.get()
        .uri(uri("live", Map.of("interval", "1000")))
        .accept(MediaType.TEXT_EVENT_STREAM)
        .retrieve()
        .bodyToFlux(EVENT)
        .timeout(Duration.ofSeconds(5));
  }
}
