package org.spawnmesh.proxy.wire;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import org.spawnmesh.actor.Payload;

/** Payloads as the protocol's messages carry them. */
public final class Wire {

  /** The caller sent a Noop; distinct from {@link Payload#NONE}, no payload at all. */
  public static final Payload NOOP = Payload.of("type.googleapis.com/spawn.Noop", new byte[0]);

  private Wire() {}

  public static Payload of(Any any) {
    return Payload.of(any.getTypeUrl(), any.getValue().toByteArray());
  }

  public static Any toAny(Payload payload) {
    return Any.newBuilder()
        .setTypeUrl(payload.type())
        .setValue(ByteString.copyFrom(payload.bytes()))
        .build();
  }
}
