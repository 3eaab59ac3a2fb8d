package org.spawnmesh.runtime;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.spawnmesh.store.OutboxEntry;

/** How much of what actors have sent is in memory, and whether more fits in. Thread-safe. */
final class Room {

  private static final int ENTRIES = 16_384;
  private static final long BYTES = 64 << 20;

  private final AtomicInteger entries = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  /** What an entry takes; its payload is encoded already, because it was written. */
  static long sizeOf(OutboxEntry entry) {
    return entry.payload().bytes().length;
  }

  boolean isFull() {
    return entries.get() >= ENTRIES || bytes.get() >= BYTES;
  }

  void take(OutboxEntry entry) {
    entries.getAndIncrement();
    bytes.getAndAdd(sizeOf(entry));
  }

  void free(int count, long size) {
    entries.getAndAdd(-count);
    bytes.getAndAdd(-size);
  }

  int entries() {
    return entries.get();
  }

  long bytes() {
    return bytes.get();
  }
}
