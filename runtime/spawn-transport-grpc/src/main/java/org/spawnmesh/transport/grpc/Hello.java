package org.spawnmesh.transport.grpc;

import io.grpc.Metadata;
import io.grpc.Metadata.Key;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.store.Incarnation;

/**
 * How a node begins a stream, in the headers. Immutable.
 *
 * @param version of the protocol, {@link #VERSION} here
 * @param link tells the links of one node apart; a stream takes the place of an older one of its
 *     link
 * @param frameBytes the largest reply that the sender takes
 * @param beat how often the receiver shall say something, if only that it is there
 */
record Hello(
    int version, Incarnation from, Incarnation to, long link, int frameBytes, Duration beat) {

  static final int VERSION = 1;

  private static final Key<String> VERSION_KEY = key("spawn-version");
  private static final Key<String> FROM = key("spawn-from");
  private static final Key<String> TO = key("spawn-to");
  private static final Key<String> LINK = key("spawn-link");
  private static final Key<String> FRAME_BYTES = key("spawn-frame-bytes");
  private static final Key<String> BEAT_MILLIS = key("spawn-beat-millis");

  Metadata print() {
    var headers = new Metadata();
    headers.put(VERSION_KEY, Integer.toString(version));
    headers.put(FROM, Long.toString(from.number()));
    headers.put(TO, Long.toString(to.number()));
    headers.put(LINK, Long.toString(link));
    headers.put(FRAME_BYTES, Integer.toString(frameBytes));
    headers.put(BEAT_MILLIS, Long.toString(beat.toMillis()));
    return headers;
  }

  /**
   * @throws IllegalArgumentException if a header is not there or not a number
   */
  static Hello parse(Metadata headers) {
    return new Hello(
        (int) number(headers, VERSION_KEY),
        new Incarnation(number(headers, FROM)),
        new Incarnation(number(headers, TO)),
        number(headers, LINK),
        (int) number(headers, FRAME_BYTES),
        Duration.ofMillis(Math.max(1, number(headers, BEAT_MILLIS))));
  }

  /** What the receiver answers: the largest frame that it takes. */
  static Metadata welcome(int frameBytes) {
    var headers = new Metadata();
    headers.put(FRAME_BYTES, Integer.toString(frameBytes));
    return headers;
  }

  /** Reads {@link #welcome}; what is not said is not limited. */
  static int frameBytes(Metadata welcome) {
    return welcome.containsKey(FRAME_BYTES)
        ? (int) number(welcome, FRAME_BYTES)
        : Integer.MAX_VALUE;
  }

  private static long number(Metadata headers, Key<String> key) {
    String text = headers.get(key);
    try {
      return Long.parseLong(required(text, key));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "the header %s is '%s', not a number".formatted(key.name(), text), e);
    }
  }

  private static String required(@Nullable String text, Key<String> key) {
    if (text == null) {
      throw new IllegalArgumentException("there is no header " + key.name());
    }
    return text;
  }

  private static Key<String> key(String name) {
    return Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }
}
