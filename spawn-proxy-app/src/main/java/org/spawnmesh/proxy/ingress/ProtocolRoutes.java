package org.spawnmesh.proxy.ingress;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpMethod;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.actor.TraceParent;
import org.spawnmesh.proxy.memory.InFlight;
import org.springframework.boot.reactor.netty.NettyRouteProvider;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;

/**
 * The protocol's own paths, served by Reactor Netty itself: a call that passes WebFlux costs the
 * proxy more than twice as much processor time, and calls are what a proxy is for. All other paths
 * are {@link IngressRoutes}.
 *
 * <p>Hosts put names into the path as they are, so a name may bring slashes, question marks and
 * worse. Which message is meant is seen from the ends of the path alone; what is between them is
 * not looked at, because the message says it again.
 */
final class ProtocolRoutes implements NettyRouteProvider {

  /** What a request costs beside its body. */
  private static final int OVERHEAD = 1024;

  private static final String SYSTEM = "/api/v1/system";

  private final InFlight inFlight;
  private final Bodies bodies;
  private final ApiToken token;
  private final ProtocolHandler registration;
  private final ProtocolHandler spawn;
  private final ProtocolHandler invocation;

  ProtocolRoutes(
      InFlight inFlight,
      Bodies bodies,
      ApiToken token,
      ProtocolHandler registration,
      ProtocolHandler spawn,
      ProtocolHandler invocation) {
    this.inFlight = inFlight;
    this.bodies = bodies;
    this.token = token;
    this.registration = registration;
    this.spawn = spawn;
    this.invocation = invocation;
  }

  @Override
  public HttpServerRoutes apply(HttpServerRoutes routes) {
    return routes.route(
        request -> request.method().equals(HttpMethod.POST) && handler(request) != null,
        this::serve);
  }

  private @Nullable ProtocolHandler handler(HttpServerRequest request) {
    String path = path(request.uri());
    if (!path.startsWith(SYSTEM)) {
      return null;
    }
    if (isRegistration(path)) {
      return registration;
    }
    String rest = path.substring(SYSTEM.length());
    if (rest.charAt(0) != '/' || !rest.contains("/actors/")) {
      return null;
    }
    return rest.endsWith("/actors/spawn") ? spawn : invocation;
  }

  /** With or without a query. */
  static boolean isRegistration(String uri) {
    String path = path(uri);
    return path.equals(SYSTEM) || path.equals(SYSTEM + "/");
  }

  /** As it was sent: it may not be a URI at all. */
  private static String path(String uri) {
    int authority = uri.startsWith("/") ? -1 : uri.indexOf("://");
    int start = authority < 0 ? 0 : Math.max(0, uri.indexOf('/', authority + 3));
    int query = uri.indexOf('?', start);
    return query < 0 ? uri.substring(start) : uri.substring(start, query);
  }

  private Mono<Void> serve(HttpServerRequest request, HttpServerResponse response) {
    ProtocolHandler handler = handler(request);
    if (handler == null) {
      throw new IllegalStateException("Routed without a handler: " + request.uri());
    }
    return Mono.using(
            this::enter,
            share ->
                Mono.defer(() -> read(request, share))
                    .flatMap(handler::handle)
                    .onErrorResume(e -> refused(e, handler))
                    .flatMap(reply -> send(reply, response)),
            InFlight.Share::leave)
        // there was no room for it at all
        .onErrorResume(
            SpawnException.class, e -> refused(e, handler).flatMap(r -> send(r, response)));
  }

  private InFlight.Share enter() {
    InFlight.Share share = inFlight.share();
    share.take(OVERHEAD);
    return share;
  }

  private static Mono<Reply> refused(Throwable e, ProtocolHandler handler) {
    return Mono.just(Reply.failed(Outcome.of(e), handler::failed));
  }

  private Mono<ProtocolRequest> read(HttpServerRequest request, InFlight.Share share) {
    token.require(request.requestHeaders().get(HttpHeaders.AUTHORIZATION));
    Optional<InetSocketAddress> peer =
        request.connectionRemoteAddress() instanceof InetSocketAddress address
            ? Optional.of(address)
            : Optional.empty();
    String sent = request.requestHeaders().get(Calls.KEY_HEADER);
    String key = sent == null ? "" : sent;
    String traceParent = request.requestHeaders().get(TraceParent.KEY);
    List<String> traceStates =
        traceParent == null ? List.of() : request.requestHeaders().getAll(TraceParent.STATE_KEY);
    return bodies
        .read(request, share)
        .map(body -> new ProtocolRequest(request.uri(), peer, key, traceParent, traceStates, body));
  }

  private static Mono<Void> send(Reply reply, HttpServerResponse response) {
    byte[] bytes = reply.message().toByteArray();
    response
        .status(reply.http().value())
        .header(HttpHeaders.CONTENT_TYPE, "application/octet-stream")
        .header(HttpHeaders.CONTENT_LENGTH, String.valueOf(bytes.length));
    if (reply.retryAfterSeconds() > 0) {
      response.header(HttpHeaders.RETRY_AFTER, String.valueOf(reply.retryAfterSeconds()));
    }
    if (reply.http() == HttpStatus.UNAUTHORIZED) {
      response.header(HttpHeaders.WWW_AUTHENTICATE, ApiToken.SCHEME);
    }
    return response.sendObject(Unpooled.wrappedBuffer(bytes)).then();
  }
}
