package org.spawnmesh.proxy.ingress;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.spawnmesh.actor.FailureCode;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.reactive.function.server.ServerRequest;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;

/**
 * Reads messages from requests. What is too large, too slow, of another type or not that message
 * ends in a {@link RefusedRequestException}.
 *
 * @param limit bytes
 * @param patience for the last byte
 */
record Bodies(int limit, Duration patience) {

  private static final List<MediaType> TYPES =
      List.of(MediaType.APPLICATION_OCTET_STREAM, new MediaType("application", "protobuf"));

  <T extends Message> Mono<T> read(ServerRequest request, Parser<T> parser, String message) {
    MediaType type = request.headers().contentType().orElse(MediaType.APPLICATION_OCTET_STREAM);
    if (TYPES.stream().noneMatch(known -> known.equalsTypeAndSubtype(type))) {
      return Mono.error(
          new RefusedRequestException(
              HttpStatus.UNSUPPORTED_MEDIA_TYPE,
              FailureCode.REQUEST_INVALID,
              "The content type is %s; needed is application/octet-stream or application/protobuf"
                  .formatted(type)));
    }
    if (request.headers().contentLength().orElse(0) > limit) {
      return Mono.error(tooLarge());
    }
    ServerHttpRequest body = request.exchange().getRequest();
    return DataBufferUtils.join(body.getBody(), limit)
        .map(Bodies::bytes)
        .defaultIfEmpty(new byte[0])
        .timeout(patience)
        .map(bytes -> parse(bytes, parser, message))
        .onErrorMap(DataBufferLimitException.class, e -> tooLarge())
        .onErrorMap(TimeoutException.class, e -> tooSlow())
        .onErrorMap(Bodies::isCutOff, Bodies::cutOff);
  }

  private static byte[] bytes(DataBuffer buffer) {
    byte[] bytes = new byte[buffer.readableByteCount()];
    buffer.read(bytes);
    DataBufferUtils.release(buffer);
    return bytes;
  }

  private static <T extends Message> T parse(byte[] bytes, Parser<T> parser, String message) {
    try {
      return parser.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw RefusedRequestException.badRequest(
          "The body is not %s: %s".formatted(message, e.getMessage()));
    }
  }

  private static boolean isCutOff(Throwable e) {
    return e instanceof IOException || e instanceof AbortedException;
  }

  /** The caller is gone, most likely; if not, it hears why. */
  private static RefusedRequestException cutOff(Throwable e) {
    return RefusedRequestException.badRequest(
        "The connection ended before the body did: " + e.getMessage());
  }

  private RefusedRequestException tooLarge() {
    return new RefusedRequestException(
        HttpStatus.CONTENT_TOO_LARGE,
        FailureCode.REQUEST_INVALID,
        "The body has more than %d bytes (spawn.proxy.body-limit)".formatted(limit));
  }

  private RefusedRequestException tooSlow() {
    return new RefusedRequestException(
        HttpStatus.REQUEST_TIMEOUT,
        FailureCode.REQUEST_INVALID,
        "The body did not arrive within %s (spawn.proxy.body-timeout)".formatted(patience));
  }
}
