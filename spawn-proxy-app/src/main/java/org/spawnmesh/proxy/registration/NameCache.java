package org.spawnmesh.proxy.registration;

import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what was used lately, at most twice {@code capacity} entries: when the young generation
 * is full it becomes the old one, and what was in the old one and not asked for since is forgotten.
 * Of two values for one key the newer stays, in whatever order they come. Thread-safe; never
 * blocks.
 */
final class NameCache<V> {

  private final int capacity;
  private final BinaryOperator<V> newer;
  private volatile ConcurrentHashMap<String, V> young = new ConcurrentHashMap<>();
  private volatile ConcurrentHashMap<String, V> old = new ConcurrentHashMap<>();

  NameCache(int capacity, BinaryOperator<V> newer) {
    this.capacity = capacity;
    this.newer = newer;
  }

  @Nullable V get(String key) {
    V value = young.get(key);
    if (value == null) {
      value = old.get(key);
      if (value != null) {
        put(key, value);
      }
    }
    return value;
  }

  void put(String key, V value) {
    V before = old.get(key);
    V newest = before == null ? value : newer.apply(before, value);
    ConcurrentHashMap<String, V> target;
    do {
      target = young;
      target.merge(key, newest, newer);
    } while (target != young); // it grew old meanwhile, and the young one may hold what was before
    if (target.size() > capacity) {
      turn(target);
    }
  }

  private synchronized void turn(ConcurrentHashMap<String, V> full) {
    if (young == full) {
      old = full;
      young = new ConcurrentHashMap<>();
    }
  }

  int size() {
    return young.size() + old.size();
  }
}
