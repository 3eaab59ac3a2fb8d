package org.spawnmesh.actor;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The trace that a call belongs to, as W3C Trace Context writes it into a call's metadata.
 * Immutable.
 *
 * @param traceId 32 lower-case hexadecimal digits
 * @param spanId of whoever made the call; 16 of them
 * @param sampled whether somebody records the trace
 */
public record TraceParent(String traceId, String spanId, boolean sampled) {

  /** The key in the metadata, and the name of the HTTP header. */
  public static final String KEY = "traceparent";

  /** Where what vendors add to it is kept, under the same conditions. */
  public static final String STATE_KEY = "tracestate";

  private static final int LENGTH = 55;
  private static final int TRACE_ID = 3;
  private static final int SPAN_ID = 36;
  private static final int FLAGS = 53;

  /** The trace of a call with this metadata; null if it has none, or one that nobody can read. */
  public static @Nullable TraceParent of(Map<String, String> metadata) {
    String text = metadata.get(KEY);
    return text == null ? null : parse(text);
  }

  /** Null unless it is one, of this version of the format or a later one. */
  public static @Nullable TraceParent parse(String text) {
    boolean hasForm =
        text.length() >= LENGTH
            && text.charAt(TRACE_ID - 1) == '-'
            && text.charAt(SPAN_ID - 1) == '-'
            && text.charAt(FLAGS - 1) == '-'
            && isHex(text, 0, 2)
            && isHex(text, TRACE_ID, SPAN_ID - 1)
            && isHex(text, SPAN_ID, FLAGS - 1)
            && isHex(text, FLAGS, LENGTH);
    if (!hasForm || text.startsWith("ff") || !mayEndAfterFlags(text)) {
      return null;
    }
    String traceId = text.substring(TRACE_ID, SPAN_ID - 1);
    String spanId = text.substring(SPAN_ID, FLAGS - 1);
    return isZero(traceId) || isZero(spanId)
        ? null
        : new TraceParent(traceId, spanId, (Character.digit(text.charAt(LENGTH - 1), 16) & 1) == 1);
  }

  /** Later versions may add something behind another dash. */
  private static boolean mayEndAfterFlags(String text) {
    return text.length() == LENGTH || (!text.startsWith("00") && text.charAt(LENGTH) == '-');
  }

  private static boolean isHex(String text, int from, int to) {
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
        return false;
      }
    }
    return true;
  }

  private static boolean isZero(String id) {
    return id.chars().allMatch(c -> c == '0');
  }

  /** As it stands in the metadata. */
  @Override
  public String toString() {
    return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
  }
}
