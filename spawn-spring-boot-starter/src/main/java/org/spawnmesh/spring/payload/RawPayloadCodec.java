package org.spawnmesh.spring.payload;

import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Payload;

/** For {@link Payload} itself: code that passes messages on without knowing them. */
enum RawPayloadCodec implements PayloadCodec {
  INSTANCE;

  @Override
  public Payload encode(@Nullable Object value) {
    return value == null ? Payload.NONE : (Payload) value;
  }

  @Override
  public Payload decode(Payload payload) {
    return payload;
  }
}
