package org.spawnmesh.proxy.registration;

import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what was used lately, at most twice {@code capacity} entries: when the young generation
 * is full it becomes the old one, and what was in the old one and not asked for since is forgotten.
 * Thread-safe; never blocks.
 */
final class NameCache {

  private final int capacity;
  private volatile ConcurrentHashMap<String, String> young = new ConcurrentHashMap<>();
  private volatile ConcurrentHashMap<String, String> old = new ConcurrentHashMap<>();

  NameCache(int capacity) {
    this.capacity = capacity;
  }

  @Nullable String get(String key) {
    String value = young.get(key);
    if (value == null) {
      value = old.get(key);
      if (value != null) {
        put(key, value);
      }
    }
    return value;
  }

  void put(String key, String value) {
    ConcurrentHashMap<String, String> target = young;
    target.put(key, value);
    if (target.size() > capacity) {
      turn(target);
    }
  }

  private synchronized void turn(ConcurrentHashMap<String, String> full) {
    if (young == full) {
      old = full;
      young = new ConcurrentHashMap<>();
    }
  }

  int size() {
    return young.size() + old.size();
  }
}
