package org.spawnmesh.spring.management;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.store.StoreException;
import org.springframework.context.SmartLifecycle;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Answers the management API on a port of its own, by the JDK's HTTP server: whatever web stack the
 * application has, or none. A request runs on a virtual thread. Who asks shows a token, or a
 * certificate. {@code openapi.json} beside this class describes what can be asked.
 */
public final class ManagementServer implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(ManagementServer.class);

  private static final int MOST_BYTES = 1 << 20;

  private static final String NO_DELAY = "sun.net.httpserver.nodelay";

  static {
    // The JDK asks once, before the first server. Without it the last packet of a long answer waits
    // until the client has acknowledged those before, which takes it 40 ms.
    if (System.getProperty(NO_DELAY) == null) {
      System.setProperty(NO_DELAY, "true");
    }
  }

  private final InetSocketAddress address;
  private final @Nullable String token;
  private final @Nullable SSLContext tls;
  private final NodeManagement node;
  private final LiveFigures figures;
  private final JsonMapper json = JsonMapper.builder().build();

  private @Nullable HttpServer server;
  private @Nullable LiveStreams streams;
  private @Nullable ExecutorService threads;

  /**
   * @param token what clients must show; null only with {@code tls}
   * @param tls demands a certificate that this context trusts; null for plain HTTP
   */
  public ManagementServer(
      InetSocketAddress address,
      @Nullable String token,
      @Nullable SSLContext tls,
      NodeManagement node,
      LiveFigures figures) {
    if (token == null && tls == null) {
      throw new IllegalArgumentException("The management API needs a token, or TLS");
    }
    this.address = address;
    this.token = token;
    this.tls = tls;
    this.node = node;
    this.figures = figures;
  }

  @Override
  public synchronized void start() {
    try {
      HttpServer fresh = tls == null ? HttpServer.create(address, 0) : secured(tls);
      ExecutorService own =
          Executors.newThreadPerTaskExecutor(
              Thread.ofVirtual().name("spawn-management-", 0).factory());
      fresh.setExecutor(own);
      LiveStreams live = new LiveStreams(figures, node::gauges, json);
      fresh.createContext("/", exchange -> handle(exchange, live));
      fresh.start();
      streams = live;
      server = fresh;
      threads = own;
      log.info(
          "The management API answers at {}://{}:{}/v1",
          tls == null ? "http" : "https",
          fresh.getAddress().getHostString(),
          fresh.getAddress().getPort());
    } catch (IOException e) {
      throw new IllegalStateException(
          "The management API cannot listen at %s: %s. Set spawn.management.port to a free port."
              .formatted(address, e.getMessage()),
          e);
    }
  }

  private HttpServer secured(SSLContext context) throws IOException {
    HttpsServer secured = HttpsServer.create(address, 0);
    secured.setHttpsConfigurator(
        new HttpsConfigurator(context) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters demanded = context.getDefaultSSLParameters();
            demanded.setNeedClientAuth(true);
            parameters.setSSLParameters(demanded);
          }
        });
    return secured;
  }

  /** The port it listens on; 0 while it does not. */
  public synchronized int port() {
    return server == null ? 0 : server.getAddress().getPort();
  }

  @Override
  public synchronized void stop() {
    HttpServer running = server;
    ExecutorService own = threads;
    LiveStreams live = streams;
    server = null;
    threads = null;
    streams = null;
    if (live != null) {
      live.end();
    }
    if (running != null) {
      running.stop(0);
    }
    if (own != null) {
      own.shutdownNow();
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return server != null;
  }

  /** After the node, so that it stops before it. */
  @Override
  public int getPhase() {
    return DEFAULT_PHASE - 3000;
  }

  // ---- requests ----

  private void handle(HttpExchange exchange, LiveStreams live) throws IOException {
    try (exchange) {
      answer(exchange, live);
    }
  }

  private void answer(HttpExchange exchange, LiveStreams live) throws IOException {
    try {
      if (!mayAsk(exchange)) {
        exchange.getResponseHeaders().set("WWW-Authenticate", "Bearer");
        reply(exchange, 401, Map.of("error", "Send the header 'Authorization: Bearer <token>'"));
        return;
      }
      Request request = read(exchange);
      if (request.path().equals(List.of("v1", "live"))) {
        live.serve(exchange, request);
      } else if (request.path().equals(List.of("v1", "openapi.json"))) {
        openApi(exchange);
      } else {
        reply(exchange, 200, dispatch(request));
      }
    } catch (RefusedRequestException e) {
      reply(exchange, e.status(), e.body());
    } catch (StoreException e) {
      reply(exchange, 503, Map.of("error", "The store cannot answer: " + e.getMessage()));
    } catch (IOException e) {
      log.debug("A client of the management API went away: {}", e.toString());
    } catch (RuntimeException e) {
      log.warn("The management API could not answer {}", exchange.getRequestURI(), e);
      reply(exchange, 500, Map.of("error", e.toString()));
    }
  }

  private boolean mayAsk(HttpExchange exchange) {
    if (token == null) {
      return true; // the connection showed a certificate
    }
    String shown = exchange.getRequestHeaders().getFirst("Authorization");
    return shown != null
        && MessageDigest.isEqual(
            shown.getBytes(StandardCharsets.UTF_8),
            ("Bearer " + token).getBytes(StandardCharsets.UTF_8));
  }

  private Request read(HttpExchange exchange) throws IOException {
    byte[] bytes = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw new RefusedRequestException(
          413, "The body has more than %d bytes".formatted(MOST_BYTES));
    }
    JsonNode body;
    try {
      body = bytes.length == 0 ? json.createObjectNode() : json.readTree(bytes);
    } catch (JacksonException e) {
      throw RefusedRequestException.badRequest("The body is not JSON");
    }
    if (!body.isObject()) {
      throw RefusedRequestException.badRequest("The body is not a JSON object");
    }
    try {
      return new Request(
          exchange.getRequestMethod(),
          Request.segments(exchange.getRequestURI().getRawPath()),
          Request.query(exchange.getRequestURI().getRawQuery()),
          body);
    } catch (IllegalArgumentException e) {
      throw RefusedRequestException.badRequest("The address is malformed");
    }
  }

  private Object dispatch(Request request) {
    List<String> path = request.path();
    boolean get = request.method().equals("GET");
    boolean post = request.method().equals("POST");
    if (!path.isEmpty() && path.getFirst().equals("v1")) {
      String second = path.size() > 1 ? path.get(1) : "";
      if (path.size() == 2) {
        switch ((get ? "GET " : post ? "POST " : "") + second) {
          case "GET node" -> {
            return node.node();
          }
          case "GET mesh" -> {
            return node.mesh();
          }
          case "POST drain" -> {
            return node.drain();
          }
          case "POST cordon" -> {
            return node.cordon(true);
          }
          case "POST uncordon" -> {
            return node.cordon(false);
          }
          default -> throw nothing(request);
        }
      }
      if (second.equals("chains") && path.size() == 3 && get) {
        return figures.chains().chain(path.get(2));
      }
      if (second.equals("types") && path.size() > 2) {
        if (get) {
          return ask(request, path.get(2));
        }
        if (post) {
          return change(request, path.get(2));
        }
      }
    }
    throw nothing(request);
  }

  private static RefusedRequestException nothing(Request request) {
    return RefusedRequestException.notFound(
        "There is no %s /%s; see /v1/openapi.json"
            .formatted(request.method(), String.join("/", request.path())));
  }

  private Object ask(Request request, String type) {
    List<String> path = request.path();
    String what = path.size() > 3 ? path.get(3) : "";
    return switch (path.size()) {
      case 3 -> node.type(type);
      case 4 ->
          switch (what) {
            case "actors" -> node.actors().stored(type, request);
            case "active" -> node.actors().active(type, request);
            case "dead-letters" -> node.agenda().deadLetters(type, request);
            case "reminders" -> node.agenda().reminders(type, request);
            default -> throw nothing(request);
          };
      case 5 -> {
        if (!what.equals("actors")) {
          throw nothing(request);
        }
        yield node.actor(type, path.get(4));
      }
      case 6 -> {
        if (!what.equals("actors")) {
          throw nothing(request);
        }
        String actor = path.get(4);
        yield switch (path.get(5)) {
          case "history" -> node.history(type, actor, request);
          case "outbox" -> node.agenda().outbox(type, actor, request);
          case "dead-letters" -> node.agenda().deadLetters(type, actor, request);
          case "reminders" -> node.agenda().reminders(type, actor);
          case "replies" -> node.agenda().replies(type, actor, request);
          default -> throw nothing(request);
        };
      }
      default -> throw nothing(request);
    };
  }

  private Object change(Request request, String type) {
    List<String> path = request.path();
    if (path.size() == 4) {
      return switch (path.get(3)) {
        case "lookup" -> node.actors().lookup(type, request);
        case "dead-letters", "outbox", "reminders" ->
            node.agenda().change(type, path.get(3), request);
        default -> throw nothing(request);
      };
    }
    if (path.size() != 6 || !path.get(3).equals("actors")) {
      throw nothing(request);
    }
    String actor = path.get(4);
    return switch (path.get(5)) {
      case "invoke" -> node.invoke(type, actor, request);
      case "restore" -> node.restore(type, actor, request);
      case "pause" -> node.pause(type, actor, request);
      case "resume" -> node.resume(type, actor);
      case "release" -> node.release(type, actor);
      case "deactivate" -> node.deactivate(type, actor);
      default -> throw nothing(request);
    };
  }

  // ---- answers ----

  private void reply(HttpExchange exchange, int status, Object body) throws IOException {
    byte[] bytes = json.writeValueAsBytes(body);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private void openApi(HttpExchange exchange) throws IOException {
    try (InputStream document = ManagementServer.class.getResourceAsStream("openapi.json")) {
      if (document == null) {
        throw new IllegalStateException("openapi.json is not beside " + ManagementServer.class);
      }
      byte[] bytes = document.readAllBytes();
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
