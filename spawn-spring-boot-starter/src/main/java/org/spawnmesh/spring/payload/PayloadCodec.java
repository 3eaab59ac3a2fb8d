package org.spawnmesh.spring.payload;

import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.PayloadEncodingException;

/**
 * Turns values of one declared type into payloads and back. Immutable and thread-safe.
 *
 * <p>Whatever happens to a value after {@link #encode}, or to what {@link #decode} returned, cannot
 * be seen through the payload.
 */
public interface PayloadCodec {

  /**
   * {@link Payload#NONE} for null.
   *
   * @throws PayloadEncodingException if the value cannot be encoded
   */
  Payload encode(@Nullable Object value);

  /**
   * Null for {@link Payload#NONE}.
   *
   * @throws PayloadEncodingException if the payload does not hold such a value
   */
  @Nullable Object decode(Payload payload);
}
