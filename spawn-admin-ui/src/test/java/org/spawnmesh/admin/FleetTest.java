package org.spawnmesh.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.web.reactive.function.client.WebClient;

/** A node that is silent holds up nobody. */
class FleetTest {

  private static final Duration AT_ONCE = Duration.ofSeconds(20);
  private static final Duration FOR_EVER = Duration.ofMinutes(5);

  private final AtomicLong now = new AtomicLong();
  private final AtomicInteger asked = new AtomicInteger();
  private HttpServer alive;
  private int silentPort;
  private final List<NodeClient> nodes = new ArrayList<>();
  private Fleet fleet;

  @BeforeEach
  void start() throws Exception {
    alive = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    alive.createContext(
        "/v1/node",
        exchange -> {
          asked.incrementAndGet();
          byte[] bytes =
              "{\"system\":\"shop\",\"name\":\"a\",\"status\":\"ACCEPTING\",\"types\":[]}"
                  .getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    alive.start();
    try (ServerSocket free = new ServerSocket(0)) {
      silentPort = free.getLocalPort();
    }
    nodes.add(client(alive.getAddress().getPort()));
    nodes.add(client(silentPort));
    fleet = new Fleet(() -> List.copyOf(nodes), now::get);
  }

  @AfterEach
  void stop() {
    alive.stop(0);
  }

  private static NodeClient client(int port) {
    return new NodeClient(
        URI.create("http://127.0.0.1:" + port), "token", FOR_EVER, WebClient.builder());
  }

  private List<Sighting> look() {
    return Objects.requireNonNull(fleet.look().block(AT_ONCE));
  }

  @Test
  void aNodeThatIsGoneIsShownAsSuchAndNotWaitedForAgain() throws Exception {
    assertThat(look()).extracting(Sighting::status).containsExactly("UNREACHABLE", "ACCEPTING");

    // now something takes the connection there, and never answers
    try (ServerSocket hangs =
        new ServerSocket(silentPort, 10, InetAddress.getByName("127.0.0.1"))) {
      assertThat(hangs.isBound()).isTrue();
      now.addAndGet(Duration.ofSeconds(2).toNanos());
      assertThat(look()).extracting(Sighting::status).containsExactly("UNREACHABLE", "ACCEPTING");
    }
  }

  @Test
  void whatWasJustSeenIsNotAskedAgain() {
    look();
    look();
    assertThat(asked).hasValue(1);

    now.addAndGet(Duration.ofSeconds(2).toNanos());
    look();
    assertThat(asked).hasValue(2);

    fleet.forget();
    look();
    assertThat(asked).hasValue(3);
  }

  @Test
  void nodesComeAndGo() {
    NodeClient first = nodes.removeFirst();
    assertThat(look()).extracting(Sighting::status).containsExactly("UNREACHABLE");

    nodes.add(first);
    assertThat(look()).extracting(Sighting::status).containsExactly("UNREACHABLE", "ACCEPTING");

    nodes.removeFirst();
    assertThat(look()).extracting(Sighting::status).containsExactly("ACCEPTING");

    // what was seen of it is forgotten: it may be another by the time it is back
    nodes.clear();
    look();
    nodes.add(first);
    look();
    assertThat(asked).hasValue(2);
  }
}
