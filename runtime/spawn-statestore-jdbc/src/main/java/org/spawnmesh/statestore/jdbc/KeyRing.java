package org.spawnmesh.statestore.jdbc;

import java.util.Base64;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The keys that stored state is encrypted with: the primary for all that is written from now on,
 * older ones for what was written before. Immutable; never prints a key.
 */
public final class KeyRing {

  static final int KEY_BYTES = 32;

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9._-]{1,64}");

  private final String primaryId;
  private final Map<String, SecretKey> keys;

  private KeyRing(String primaryId, Map<String, SecretKey> keys) {
    this.primaryId = primaryId;
    this.keys = Collections.unmodifiableMap(keys);
  }

  /**
   * A ring of one key.
   *
   * @param id stands in each row that the key encrypted; 1 to 64 letters, digits, {@code . _ -}
   * @param key 32 bytes in base64, for example from {@code openssl rand -base64 32}
   */
  public static KeyRing of(String id, String key) {
    return new KeyRing(id, Map.of(checked(id), decoded(id, key)));
  }

  /** This ring with one more key, that only reads. */
  public KeyRing withOlder(String id, String key) {
    Map<String, SecretKey> more = new LinkedHashMap<>(keys);
    if (more.put(checked(id), decoded(id, key)) != null) {
      throw new IllegalArgumentException("The key id '%s' stands twice in the ring".formatted(id));
    }
    return new KeyRing(primaryId, more);
  }

  private static String checked(String id) {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException(
          "A key id has 1 to 64 letters, digits, '.', '_' or '-'; one of %d characters does not"
              .formatted(id.length()));
    }
    return id;
  }

  private static SecretKey decoded(String id, String key) {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(key.strip());
    } catch (IllegalArgumentException e) {
      // Without the cause, which quotes a part of the key.
      throw new IllegalArgumentException("The key '%s' is not base64".formatted(id));
    }
    if (bytes.length != KEY_BYTES) {
      throw new IllegalArgumentException(
          "The key '%s' has %d bytes, not %d".formatted(id, bytes.length, KEY_BYTES));
    }
    return new SecretKeySpec(bytes, "AES");
  }

  public String primaryId() {
    return primaryId;
  }

  /** All ids, the primary included. */
  public Collection<String> ids() {
    return keys.keySet();
  }

  @Nullable SecretKey key(String id) {
    return keys.get(id);
  }

  @Override
  public String toString() {
    return "keys %s, primary %s".formatted(keys.keySet(), primaryId);
  }
}
