package org.spawnmesh.actor;

/** A value could not be turned into bytes, or bytes not into the value they should hold. */
public final class PayloadEncodingException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  public PayloadEncodingException(String message, Throwable cause) {
    super(message, cause);
  }
}
