package org.spawnmesh.spring.payload;

import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Payload;

/** An immutable value that becomes JSON when somebody asks for the bytes. Thread-safe. */
final class LiveJson implements Payload {

  final Object value;
  private final Json json;

  /** Encoding twice is harmless, so the race for this field is, too. */
  private volatile byte @Nullable [] bytes;

  LiveJson(Object value, Json json) {
    this.value = value;
    this.json = json;
  }

  @Override
  public String type() {
    return Json.TYPE;
  }

  @Override
  public byte[] bytes() {
    byte[] encoded = bytes;
    if (encoded == null) {
      encoded = json.encode(value).bytes();
      bytes = encoded;
    }
    return encoded;
  }

  @Override
  public int knownSize() {
    byte[] encoded = bytes;
    return encoded == null ? -1 : encoded.length;
  }

  @Override
  public String toString() {
    return value.getClass().getSimpleName() + " as " + Json.TYPE;
  }
}
