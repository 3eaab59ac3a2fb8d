package org.spawnmesh.transport.grpc;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what is under way, by number and by bytes. One that alone is larger than the bytes still
 * finds room when nothing else is there, so nothing is refused for ever. Thread-safe.
 */
final class Room {

  private final int limit;
  private final long byteLimit;
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  Room(int limit, long byteLimit) {
    this.limit = limit;
    this.byteLimit = byteLimit;
  }

  /** False if there is no room; then nothing was taken. */
  boolean take(int size) {
    if (count.incrementAndGet() > limit) {
      count.decrementAndGet();
      return false;
    }
    long before = bytes.getAndAdd(size);
    if (before > 0 && before + size > byteLimit) {
      give(size);
      return false;
    }
    return true;
  }

  /** Gives back what was taken. */
  void give(int size) {
    bytes.addAndGet(-size);
    count.decrementAndGet();
  }

  @Override
  public String toString() {
    return "%d of %d, %d of %d bytes".formatted(count.get(), limit, bytes.get(), byteLimit);
  }
}
