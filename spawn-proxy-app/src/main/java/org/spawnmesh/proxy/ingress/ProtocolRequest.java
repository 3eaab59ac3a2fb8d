package org.spawnmesh.proxy.ingress;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * A request that has arrived as a whole. Immutable; nobody writes to the body.
 *
 * @param uri path and query, as sent
 * @param peer the other end of the connection; empty for a Unix socket
 * @param key under which it may come again; empty for none
 * @param traceParent of the trace that it belongs to, as sent; null for none
 * @param traceStates what others have added to that
 */
record ProtocolRequest(
    String uri,
    Optional<InetSocketAddress> peer,
    String key,
    @Nullable String traceParent,
    List<String> traceStates,
    byte[] body) {

  /**
   * @param name of the message, for the refusal
   * @throws RefusedRequestException if the body is something else
   */
  <T extends Message> T message(Parser<T> parser, String name) {
    try {
      return parser.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      throw RefusedRequestException.badRequest(
          "The body is not %s: %s".formatted(name, e.getMessage()));
    }
  }

  /** Empty if it is not there. */
  String queryParameter(String name) {
    int question = uri.indexOf('?');
    if (question < 0) {
      return "";
    }
    String value =
        UriComponentsBuilder.newInstance()
            .query(uri.substring(question + 1))
            .build()
            .getQueryParams()
            .getFirst(name);
    return value == null ? "" : value;
  }
}
