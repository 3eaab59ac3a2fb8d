package org.spawnmesh.proxy.ingress;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.proxy.memory.InFlight;
import org.springframework.http.HttpStatus;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.channel.AbortedException;
import reactor.netty.http.server.HttpServerRequest;

/**
 * Reads the bodies of requests. What is too large, too slow or of another type ends in a {@link
 * RefusedRequestException}.
 *
 * @param limit bytes
 * @param patience for the last byte
 */
record Bodies(int limit, Duration patience) {

  /**
   * @param share takes room for every byte that comes
   */
  Mono<byte[]> read(HttpServerRequest request, InFlight.Share share) {
    refuseOtherTypes(request.requestHeaders().get(HttpHeaderNames.CONTENT_TYPE));
    if (length(request.requestHeaders().get(HttpHeaderNames.CONTENT_LENGTH)) > limit) {
      throw tooLarge();
    }
    Mono<byte[]> body =
        request
            .receive()
            .asByteArray()
            .reduceWith(
                ByteArrayOutputStream::new,
                (whole, part) -> {
                  share.take(part.length);
                  return append(whole, part);
                })
            .map(ByteArrayOutputStream::toByteArray);
    return inTime(body, eventLoop(request)).onErrorMap(this::refusal);
  }

  /**
   * As {@code Mono.timeout} on the request's own event loop, which costs several times as much: a
   * timer for each request, of which nearly none goes off.
   */
  private Mono<byte[]> inTime(Mono<byte[]> body, ScheduledExecutorService loop) {
    return Mono.create(
        sink -> {
          Future<?> timer =
              loop.schedule(
                  () -> sink.error(new TimeoutException()), patience.toNanos(), NANOSECONDS);
          Disposable reading = body.subscribe(sink::success, sink::error, sink::success);
          sink.onDispose(
              () -> {
                timer.cancel(false);
                reading.dispose();
              });
        });
  }

  private static ScheduledExecutorService eventLoop(HttpServerRequest request) {
    AtomicReference<ScheduledExecutorService> loop = new AtomicReference<>();
    request.withConnection(connection -> loop.set(connection.channel().eventLoop()));
    return Objects.requireNonNull(loop.get());
  }

  private ByteArrayOutputStream append(ByteArrayOutputStream whole, byte[] part) {
    if (part.length > limit - whole.size()) {
      throw tooLarge();
    }
    whole.write(part, 0, part.length);
    return whole;
  }

  /** Parameters like a charset say nothing about bytes; no type at all is taken for bytes. */
  private static void refuseOtherTypes(@Nullable String header) {
    if (header == null) {
      return;
    }
    int semicolon = header.indexOf(';');
    String type = (semicolon < 0 ? header : header.substring(0, semicolon)).strip();
    if (!type.equalsIgnoreCase("application/octet-stream")
        && !type.equalsIgnoreCase("application/protobuf")) {
      throw new RefusedRequestException(
          HttpStatus.UNSUPPORTED_MEDIA_TYPE,
          FailureCode.REQUEST_INVALID,
          "The content type is '%s'; needed is application/octet-stream or application/protobuf"
              .formatted(type.length() <= 64 ? type : type.substring(0, 64)));
    }
  }

  private static long length(@Nullable String header) {
    try {
      return header == null ? 0 : Long.parseLong(header);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  private Throwable refusal(Throwable e) {
    if (e instanceof TimeoutException) {
      return new RefusedRequestException(
          HttpStatus.REQUEST_TIMEOUT,
          FailureCode.REQUEST_INVALID,
          "The body did not arrive within %s (spawn.proxy.body-timeout)".formatted(patience));
    }
    if (e instanceof IOException || e instanceof AbortedException) {
      // the caller is gone, most likely; if not, it hears why
      return RefusedRequestException.badRequest(
          "The connection ended before the body did: " + e.getMessage());
    }
    return e;
  }

  private RefusedRequestException tooLarge() {
    return new RefusedRequestException(
        HttpStatus.CONTENT_TOO_LARGE,
        FailureCode.REQUEST_INVALID,
        "The body has more than %d bytes (spawn.proxy.body-limit)".formatted(limit));
  }
}
