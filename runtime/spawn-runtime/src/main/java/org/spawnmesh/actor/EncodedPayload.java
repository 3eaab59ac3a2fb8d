package org.spawnmesh.actor;

/** A payload that exists as bytes only. */
record EncodedPayload(String type, byte[] bytes) implements Payload {

  @Override
  public int knownSize() {
    return bytes.length;
  }

  @Override
  public String toString() {
    return isNone() ? "no payload" : type + " (" + bytes.length + " bytes)";
  }
}
