package org.spawnmesh.proxy.host;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import java.util.Arrays;
import org.spawnmesh.proxy.memory.InFlight;

/** An answer as far as it has come. Confined to its connection. */
final class AnswerInParts {

  /** What is set aside for a beginning, if no length less than it is announced. */
  private static final int BEGINNING = 64 << 10;

  private final int status;
  private final String contentType;
  final boolean keepAlive;

  /** How long it says that it is; negative if it does not. */
  private final long announced;

  private byte[] body = new byte[0];
  private int size;

  /** Nothing is missing. */
  boolean complete;

  /** Something follows that nobody asked for. */
  boolean more;

  AnswerInParts(HttpResponse head) {
    status = head.status().code();
    contentType = head.headers().get(HttpHeaderNames.CONTENT_TYPE, "");
    keepAlive = HttpUtil.isKeepAlive(head);
    announced = HttpUtil.getContentLength(head, -1L);
  }

  int size() {
    return size;
  }

  /** False if there is no memory for it. */
  boolean add(ByteBuf part, InFlight.Share memory) {
    int length = part.readableBytes();
    if (size + length > body.length) {
      int larger = Math.max(size + length, roomFor(Math.max(2 * body.length, BEGINNING)));
      if (!memory.tryTake(larger - body.length)) {
        return false;
      }
      body = Arrays.copyOf(body, larger);
    }
    part.readBytes(body, size, length);
    size += length;
    return true;
  }

  /** An announced length is not exceeded, and not believed either. */
  private int roomFor(int guess) {
    return announced < 0 ? guess : (int) Math.min(announced, guess);
  }

  HttpReply reply() {
    return new HttpReply(
        status, contentType, size == body.length ? body : Arrays.copyOf(body, size));
  }
}
