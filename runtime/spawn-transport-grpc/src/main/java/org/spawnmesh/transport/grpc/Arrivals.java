package org.spawnmesh.transport.grpc;

import java.util.Deque;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What any thread adds and one event loop takes, all at once and in order. Whoever adds to an empty
 * one has to call the event loop; so one call serves all that are added until the event loop comes.
 *
 * <p>Thread-safe. Without a lock: a stack that is turned over when it is taken.
 */
final class Arrivals<T> {

  /** What became of one that was added. */
  enum Added {
    /** It will be taken. */
    WAITS,
    /** It waits, and the event loop must be called to take it. */
    CALL,
    /** It was not added: nothing is taken any more. */
    CLOSED
  }

  private static final class Entry<T> {

    private final @Nullable T item;
    private @Nullable Entry<T> below;

    Entry(@Nullable T item) {
      this.item = item;
    }
  }

  private final Entry<T> closed = new Entry<>(null);
  private final AtomicReference<@Nullable Entry<T>> top = new AtomicReference<>();

  Added add(T item) {
    var entry = new Entry<>(item);
    Entry<T> below;
    do {
      below = top.get();
      if (below == closed) {
        return Added.CLOSED;
      }
      entry.below = below;
    } while (!top.compareAndSet(below, entry));
    return below == null ? Added.CALL : Added.WAITS;
  }

  /** Moves all that was added to the end of {@code to}, first come first. */
  void takeAll(Deque<T> to) {
    if (top.get() != closed) {
      // a close in between is not undone: only the loop takes, and only the loop closes
      turnOver(top.getAndSet(null), to);
    }
  }

  /** Moves the last ones; from now on nothing can be added. */
  void close(Deque<T> to) {
    Entry<T> last = top.getAndSet(closed);
    if (last != closed) {
      turnOver(last, to);
    }
  }

  private static <T> void turnOver(@Nullable Entry<T> last, Deque<T> to) {
    Entry<T> first = null;
    for (Entry<T> entry = last; entry != null; ) {
      Entry<T> below = entry.below;
      entry.below = first;
      first = entry;
      entry = below;
    }
    for (Entry<T> entry = first; entry != null; entry = entry.below) {
      if (entry.item != null) {
        to.addLast(entry.item);
      }
    }
  }
}
