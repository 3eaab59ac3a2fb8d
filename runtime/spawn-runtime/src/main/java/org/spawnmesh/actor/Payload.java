package org.spawnmesh.actor;

import org.jspecify.annotations.Nullable;

/**
 * A message or a state: bytes with the name of their type. The engine passes it on and never looks
 * inside.
 *
 * <p>Implementations are immutable and thread-safe. They may hold a value that is encoded only when
 * somebody asks for the bytes, so a message between two actors of one JVM need not be encoded.
 */
public interface Payload {

  /** No payload at all; distinct from a payload of zero bytes. */
  Payload NONE = new EncodedPayload("", new byte[0]);

  /** Wraps already encoded bytes; the array must not be changed afterwards. */
  static Payload of(String type, byte[] bytes) {
    return new EncodedPayload(type, bytes);
  }

  /** Name of the type, for example {@code type.googleapis.com/shop.Cart}; never null. */
  String type();

  /**
   * The encoded form; the caller must not change it.
   *
   * @throws PayloadEncodingException if the value cannot be encoded
   */
  byte[] bytes();

  /** Length of the encoded form if it is known already, else -1. */
  int knownSize();

  default boolean isNone() {
    return this == NONE;
  }

  /** True if both have the same type and the same encoded bytes. */
  static boolean sameContent(@Nullable Payload a, @Nullable Payload b) {
    if (a == b) {
      return true;
    }
    return a != null
        && b != null
        && a.isNone() == b.isNone()
        && a.type().equals(b.type())
        && java.util.Arrays.equals(a.bytes(), b.bytes());
  }
}
