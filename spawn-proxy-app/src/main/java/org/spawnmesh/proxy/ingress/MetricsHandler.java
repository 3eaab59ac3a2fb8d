package org.spawnmesh.proxy.ingress;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** The meters, in Prometheus' text format. */
final class MetricsHandler {

  private static final MediaType TEXT = new MediaType("text", "plain", StandardCharsets.UTF_8);

  private final PrometheusMeterRegistry meters;
  private final Executor blocking;

  MetricsHandler(PrometheusMeterRegistry meters, Executor blocking) {
    this.meters = meters;
    this.blocking = blocking;
  }

  /** Gauges may ask anything, so not on the thread that serves connections. */
  Mono<ServerResponse> handle(ServerRequest request) {
    return Stages.blocking(blocking, () -> meters.scrape())
        .flatMap(text -> ServerResponse.ok().contentType(TEXT).bodyValue(text));
  }
}
