package org.spawnmesh.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.Disposable;
import reactor.test.StepVerifier;

/** Nodes come and go while somebody looks. */
class LiveFeedTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final CountDownLatch left = new CountDownLatch(1);
  private final CountDownLatch closing = new CountDownLatch(1);
  private final List<NodeClient> nodes = new CopyOnWriteArrayList<>();
  private HttpServer server;
  private NodeClient node;
  private LiveFeed feed;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext(
        "/v1/live",
        exchange -> {
          exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
          exchange.sendResponseHeaders(200, 0);
          byte[] event =
              "event: figures\ndata: {\"millis\":1000,\"calls\":7}\n\n"
                  .getBytes(StandardCharsets.UTF_8);
          try (exchange) {
            do {
              exchange.getResponseBody().write(event);
              exchange.getResponseBody().flush();
            } while (!closing.await(100, TimeUnit.MILLISECONDS));
          } catch (IOException e) {
            left.countDown();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
    node =
        new NodeClient(
            URI.create("http://127.0.0.1:" + server.getAddress().getPort()),
            "token",
            PATIENCE,
            WebClient.builder());
    feed =
        new LiveFeed(
            new Fleet(() -> List.copyOf(nodes), System::nanoTime), InstantSource.system(), 2);
  }

  @AfterEach
  void stop() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void aNodeThatComesIsHeardAndOneThatGoesIsNot() throws Exception {
    CountDownLatch heard = new CountDownLatch(1);
    Disposable looking =
        feed.watch()
            .subscribe(
                event -> {
                  if (event.data() instanceof Map<?, ?> frame
                      && "figures".equals(event.event())
                      && Integer.valueOf(1).equals(frame.get("nodes"))) {
                    heard.countDown();
                  }
                });
    nodes.add(node);
    assertThat(heard.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    nodes.clear();
    assertThat(left.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    looking.dispose();
  }

  @Test
  void onlySoManyWatchAtOnce() {
    Disposable first = feed.watch().subscribe();
    feed.watch().subscribe();
    StepVerifier.create(feed.watch())
        .expectErrorSatisfies(
            e ->
                assertThat(e)
                    .isInstanceOf(TooManyException.class)
                    .hasMessageContaining("spawn.admin.live-streams"))
        .verify(PATIENCE);
    first.dispose();
    StepVerifier.create(feed.watch()).expectNextCount(1).thenCancel().verify(PATIENCE);
    StepVerifier.create(feed.watch()).expectNextCount(1).thenCancel().verify(PATIENCE);
  }
}
