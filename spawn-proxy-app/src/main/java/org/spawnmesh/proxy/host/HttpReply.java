package org.spawnmesh.proxy.host;

import java.nio.charset.StandardCharsets;

/**
 * What a host answered, not looked into yet. Immutable.
 *
 * @param status the HTTP status
 * @param contentType as the host named it; empty if it did not
 * @param body not to be changed
 */
record HttpReply(int status, String contentType, byte[] body) {

  private static final int QUOTED = 200;

  boolean isSuccess() {
    return status >= 200 && status < 300;
  }

  /** The beginning of the body on one line, for a message; empty if it is no text. */
  String quote() {
    String type = contentType.toLowerCase(java.util.Locale.ROOT);
    if (!type.startsWith("text/") && !type.contains("json") && !type.contains("xml")) {
      return "";
    }
    int length = Math.min(body.length, QUOTED);
    String text = new String(body, 0, length, StandardCharsets.UTF_8);
    String line = text.replaceAll("[\\p{Cc}\\p{Zl}\\p{Zp}\\s\\x{FFFD}]+", " ").strip();
    return body.length > length ? line + "…" : line;
  }

  /** For a message: the status, and what the body says if it is text. */
  String summary() {
    String quote = quote();
    return quote.isEmpty() ? "HTTP " + status : "HTTP " + status + " " + quote;
  }
}
