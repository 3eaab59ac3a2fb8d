package org.spawnmesh.proxy.host;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import java.util.Arrays;

/** An answer as far as it has come. Confined to its connection. */
final class AnswerInParts {

  /** What is set aside on the mere announcement of a length. */
  private static final int TRUSTED = 64 << 10;

  private final int status;
  private final String contentType;
  final boolean keepAlive;

  private byte[] body;
  private int size;

  /** Nothing is missing. */
  boolean complete;

  /** Something follows that nobody asked for. */
  boolean more;

  AnswerInParts(HttpResponse head) {
    status = head.status().code();
    contentType = head.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
    keepAlive = HttpUtil.isKeepAlive(head);
    body = new byte[(int) Math.clamp(HttpUtil.getContentLength(head, 0L), 0, TRUSTED)];
  }

  int size() {
    return size;
  }

  void add(ByteBuf part) {
    int length = part.readableBytes();
    if (size + length > body.length) {
      body = Arrays.copyOf(body, Math.max(size + length, 2 * body.length));
    }
    part.readBytes(body, size, length);
    size += length;
  }

  HttpReply reply() {
    return new HttpReply(
        status, contentType, size == body.length ? body : Arrays.copyOf(body, size));
  }
}
