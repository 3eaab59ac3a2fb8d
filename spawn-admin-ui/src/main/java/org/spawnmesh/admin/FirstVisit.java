package org.spawnmesh.admin;

import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;

/**
 * Visits the console before anybody does, so that the first reader does not wait for what is loaded
 * at a first visit only. The program has started when it is over; it may fail.
 */
final class FirstVisit implements ApplicationListener<WebServerInitializedEvent> {

  private static final Logger log = LoggerFactory.getLogger(FirstVisit.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A page, a file, and a refusal in JSON. */
  private static final List<String> PATHS = List.of("login", "assets/mark.svg", "api/me");

  private final String path;

  /**
   * @param path where the console is, without a slash at the end
   */
  FirstVisit(String path) {
    this.path = path;
  }

  @Override
  public void onApplicationEvent(WebServerInitializedEvent event) {
    String origin = "http://127.0.0.1:" + event.getWebServer().getPort() + path + "/";
    WebClient web = WebClient.create();
    Flux.fromIterable(PATHS)
        .concatMap(
            each ->
                web.get()
                    .uri(origin + each)
                    .exchangeToMono(answer -> answer.releaseBody().thenReturn(answer.statusCode())))
        .timeout(PATIENCE)
        .doOnNext(status -> log.debug("The first visit was answered {}", status))
        .doOnError(e -> log.debug("The first visit failed: {}", e.toString()))
        .onErrorComplete()
        .blockLast();
  }
}
