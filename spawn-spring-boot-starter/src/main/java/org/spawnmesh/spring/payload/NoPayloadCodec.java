package org.spawnmesh.spring.payload;

import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Payload;

/** For {@code void}: sends nothing, and does not look at what was sent. */
enum NoPayloadCodec implements PayloadCodec {
  INSTANCE;

  @Override
  public Payload encode(@Nullable Object value) {
    return Payload.NONE;
  }

  @Override
  public @Nullable Object decode(Payload payload) {
    return null;
  }
}
