package org.spawnmesh.spring.autoconfigure;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.statestore.jdbc.KeyRing;

/** Turns properties into a ring of keys. */
final class EncryptionKeys {

  private EncryptionKeys() {}

  /** Null if there are none. */
  static @Nullable KeyRing ring(SpawnProperties.Encryption properties) {
    Map<String, String> keys = properties.getKeys();
    String active = properties.getActiveKey();
    if (keys.isEmpty()) {
      if (active != null) {
        throw new InvalidConfigurationException(
            "spawn.statestore.encryption.active-key is '%s', but spawn.statestore.encryption.keys is"
                    .formatted(active)
                + " empty.",
            "Add the key under that id, or remove active-key.");
      }
      return null;
    }
    if (active == null && keys.size() > 1) {
      throw new InvalidConfigurationException(
          "spawn.statestore.encryption.keys has the keys %s, and".formatted(keys.keySet())
              + " spawn.statestore.encryption.active-key does not say which one to write with.",
          "Set spawn.statestore.encryption.active-key to the newest of them.");
    }
    String primary = active == null ? keys.keySet().iterator().next() : active;
    String key = keys.get(primary);
    if (key == null) {
      throw new InvalidConfigurationException(
          "spawn.statestore.encryption.active-key is '%s', but spawn.statestore.encryption.keys has"
                  .formatted(primary)
              + " only %s.".formatted(keys.keySet()),
          "Add the key under that id, or choose one of those.");
    }
    try {
      KeyRing ring = KeyRing.of(primary, key);
      for (Map.Entry<String, String> older : keys.entrySet()) {
        if (!older.getKey().equals(primary)) {
          ring = ring.withOlder(older.getKey(), older.getValue());
        }
      }
      return ring;
    } catch (IllegalArgumentException e) {
      throw new InvalidConfigurationException(
          "spawn.statestore.encryption.keys cannot be used: %s.".formatted(e.getMessage()),
          "Give each key 32 random bytes in Base64, for example from: openssl rand -base64 32");
    }
  }
}
