package org.spawnmesh.proxy.host;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The request line and headers for one host; the same but for length and trace. Immutable. */
final class RequestHead {

  private static final int LENGTH_DIGITS = 10;
  private static final byte[] NEW_LINE = "\r\n".getBytes(StandardCharsets.US_ASCII);

  private final byte[] beginning;

  /**
   * @param token for the header {@code Authorization}, or null for none
   */
  RequestHead(HostAddress address, @Nullable String token) {
    beginning =
        """
        POST /api/v1/actors/actions HTTP/1.1
        Host: %s
        Connection: keep-alive
        Content-Type: application/octet-stream
        %sContent-Length: """
            .formatted(address, token == null ? "" : "Authorization: Bearer " + token + "\n")
            .replace("\n", "\r\n")
            .concat(" ")
            .getBytes(StandardCharsets.US_ASCII);
  }

  /** Without further lines. */
  int maxSize() {
    return beginning.length + LENGTH_DIGITS + 2 * NEW_LINE.length;
  }

  /**
   * @param more whole header lines, of ASCII
   */
  void writeTo(ByteBuf buffer, int contentLength, String more) {
    buffer.writeBytes(beginning);
    ByteBufUtil.writeAscii(buffer, Integer.toString(contentLength));
    buffer.writeBytes(NEW_LINE);
    ByteBufUtil.writeAscii(buffer, more);
    buffer.writeBytes(NEW_LINE);
  }
}
