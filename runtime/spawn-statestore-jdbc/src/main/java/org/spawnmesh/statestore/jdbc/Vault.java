package org.spawnmesh.statestore.jdbc;

import java.security.GeneralSecurityException;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.statestore.jdbc.Seal.Context;
import org.spawnmesh.store.UnreadableStateException;

/**
 * Seals values with the primary key of a ring, and opens what any of its keys has sealed. Without a
 * ring values stay as they are. Thread-safe.
 */
final class Vault {

  private final Seal seal;
  private final @Nullable KeyRing ring;

  Vault(Seal seal, @Nullable KeyRing ring) {
    this.seal = seal;
    this.ring = ring;
  }

  /**
   * A value as it is stored.
   *
   * @param keyId of the key that sealed it, or null if it is open
   */
  record Stored(byte @Nullable [] bytes, @Nullable String keyId) {

    static final Stored NOTHING = new Stored(null, null);
  }

  Stored close(Context context, byte[] value) {
    return ring == null
        ? new Stored(value, null)
        : new Stored(seal.seal(primary(ring), context, value), ring.primaryId());
  }

  private static SecretKey primary(KeyRing ring) {
    SecretKey key = ring.key(ring.primaryId());
    if (key == null) {
      throw new IllegalStateException("A ring has its primary key");
    }
    return key;
  }

  /**
   * @param what for people, if it cannot be opened
   */
  byte[] open(Context context, byte[] value, @Nullable String keyId, Object what) {
    if (keyId == null) {
      return value;
    }
    SecretKey key = ring == null ? null : ring.key(keyId);
    if (key == null) {
      throw new UnreadableStateException(
          "%s is encrypted with key '%s', which is not in the key ring".formatted(what, keyId));
    }
    try {
      return seal.open(key, context, value);
    } catch (GeneralSecurityException e) {
      throw new UnreadableStateException(
          "%s does not open with key '%s': the row was changed outside, or belongs to another actor or revision"
              .formatted(what, keyId),
          e);
    }
  }
}
