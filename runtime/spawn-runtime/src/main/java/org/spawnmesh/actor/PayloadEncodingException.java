package org.spawnmesh.actor;

import org.jspecify.annotations.Nullable;

/** A value could not be turned into bytes, or bytes not into the value they should hold. */
public final class PayloadEncodingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public PayloadEncodingException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
