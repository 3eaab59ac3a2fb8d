package org.spawnmesh.benchmarks.sidecar;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** The client of every peer: HTTP/1.1 on connections that stay open. */
final class Http {

  /** More than callers in a closed loop; a sweep of all actors waits for a free one. */
  private static final int CONNECTIONS = 128;

  private final HttpClient client;
  private final String contentType;

  Http(int port, String contentType) {
    this.contentType = contentType;
    this.client =
        HttpClient.create(
                ConnectionProvider.builder("benchmark")
                    .maxConnections(CONNECTIONS)
                    .pendingAcquireMaxCount(-1)
                    .build())
            .host("127.0.0.1")
            .port(port);
  }

  /** Fails unless the status is 200. */
  CompletionStage<byte[]> post(String path, byte[] body) {
    return client
        .headers(
            headers -> {
              if (body.length > 0) { // Restate refuses a type without content
                headers.set(HttpHeaderNames.CONTENT_TYPE, contentType);
              }
            })
        .post()
        .uri(path)
        .send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(body)))
        .responseSingle(
            (response, content) ->
                content
                    .asByteArray()
                    .defaultIfEmpty(new byte[0])
                    .flatMap(
                        bytes ->
                            response.status().code() == 200
                                ? Mono.just(bytes)
                                : Mono.error(
                                    new IllegalStateException(
                                        path + " answered " + response.status()))))
        .toFuture()
        .thenApply(Objects::requireNonNull);
  }
}
