package org.spawnmesh.proxy.ingress;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** The meters, in Prometheus' text format. */
final class MetricsHandler {

  private static final MediaType TEXT = new MediaType("text", "plain", StandardCharsets.UTF_8);

  private final @Nullable PrometheusMeterRegistry meters;
  private final Executor blocking;

  /**
   * @param meters null if they are not exported
   */
  MetricsHandler(@Nullable PrometheusMeterRegistry meters, Executor blocking) {
    this.meters = meters;
    this.blocking = blocking;
  }

  /** Gauges may ask anything, so not on the thread that serves connections. */
  Mono<ServerResponse> handle(ServerRequest request) {
    PrometheusMeterRegistry exported = meters;
    if (exported == null) {
      return ServerResponse.notFound().build();
    }
    return Stages.blocking(blocking, () -> exported.scrape())
        .flatMap(text -> ServerResponse.ok().contentType(TEXT).bodyValue(text));
  }
}
