package org.spawnmesh.proxy.ingress;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.function.BiPredicate;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * Narrows down which answers are compressed: compressing one that is small, or asking whether to
 * compress one for a caller that takes none, costs more than the rest of a call.
 */
final class Compression {

  /** Bytes; below, an answer fits into one packet anyway. */
  private static final int WORTH_IT = 1024;

  private Compression() {}

  /** What the server compresses already, if it does, and of that only what is worth it. */
  static HttpServer onlyWhereItHelps(HttpServer server) {
    BiPredicate<HttpServerRequest, HttpServerResponse> configured =
        server.configuration().compressPredicate();
    return configured == null
        ? server
        : server.compress(
            (request, response) -> helps(request, response) && configured.test(request, response));
  }

  private static boolean helps(HttpServerRequest request, HttpServerResponse response) {
    if (!request.requestHeaders().contains(HttpHeaderNames.ACCEPT_ENCODING)) {
      return false;
    }
    HttpHeaders headers = response.responseHeaders();
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    return length == null
        || Long.parseLong(length) >= WORTH_IT
        || ProtocolRoutes.isRegistration(request.uri());
  }
}
