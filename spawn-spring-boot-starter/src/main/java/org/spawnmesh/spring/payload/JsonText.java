package org.spawnmesh.spring.payload;

import org.jspecify.annotations.Nullable;

/**
 * Where the JSON text stands in the protobuf message {@code JSONType { string content = 1; }}.
 * Written by hand: this one message does not deserve a dependency.
 */
record JsonText(int offset, int length) {

  private static final int CONTENT = 1 << 3 | 2;

  /** Null if the message has no content. */
  static @Nullable JsonText in(byte[] message) {
    JsonText found = null;
    int at = 0;
    while (at < message.length) {
      long tag = varint(message, at);
      at += varintLength(message, at);
      switch ((int) tag & 7) {
        case 0 -> at += varintLength(message, at);
        case 1 -> at += 8;
        case 5 -> at += 4;
        case 2 -> {
          long length = varint(message, at);
          at += varintLength(message, at);
          if (length < 0 || length > message.length - at) {
            throw new IllegalArgumentException("The message is cut off at byte " + at);
          }
          if (tag == CONTENT) {
            found = length == 0 ? null : new JsonText(at, (int) length);
          }
          at += (int) length;
        }
        default ->
            throw new IllegalArgumentException(
                "The message has the unknown wire type %d at byte %d".formatted(tag & 7, at));
      }
    }
    if (at != message.length) {
      throw new IllegalArgumentException("The message is cut off at byte " + message.length);
    }
    return found;
  }

  /** The message that holds this text. */
  static byte[] wrap(byte[] utf8) {
    int digits = 1;
    for (int rest = utf8.length >>> 7; rest != 0; rest >>>= 7) {
      digits++;
    }
    byte[] message = new byte[1 + digits + utf8.length];
    message[0] = CONTENT;
    int rest = utf8.length;
    for (int i = 1; i < digits; i++) {
      message[i] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    message[digits] = (byte) rest;
    System.arraycopy(utf8, 0, message, 1 + digits, utf8.length);
    return message;
  }

  private static long varint(byte[] message, int from) {
    long value = 0;
    for (int i = 0; i < 10; i++) {
      if (from + i >= message.length) {
        throw new IllegalArgumentException("The message is cut off at byte " + message.length);
      }
      byte digit = message[from + i];
      value |= (long) (digit & 0x7f) << (7 * i);
      if (digit >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("The message has a number without an end at byte " + from);
  }

  /** After {@link #varint} found that it ends. */
  private static int varintLength(byte[] message, int from) {
    int length = 1;
    while (from + length <= message.length && message[from + length - 1] < 0) {
      length++;
    }
    return length;
  }
}
