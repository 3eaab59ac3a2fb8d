package org.spawnmesh.admin;

import java.net.URI;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a {@link Discovery} found last. It searches again, aside, when somebody asks and the answer
 * is older than two seconds: nobody waits, and nobody is asked while nobody looks. Thread-safe.
 */
final class FoundNodes implements Supplier<List<URI>>, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(FoundNodes.class);
  private static final long FRESH_NANOS = 2_000_000_000L;

  private final Discovery discovery;
  private final Executor aside;
  private final LongSupplier nanoTime;
  private final AtomicBoolean searching = new AtomicBoolean();
  private volatile List<URI> found = List.of();
  private volatile long searchedAt;
  private volatile boolean failing;

  /** Searches for the first time. */
  FoundNodes(Discovery discovery, Executor aside, LongSupplier nanoTime) {
    this.discovery = discovery;
    this.aside = aside;
    this.nanoTime = nanoTime;
    searchedAt = nanoTime.getAsLong() - FRESH_NANOS;
    get();
  }

  @Override
  public List<URI> get() {
    List<URI> last = found;
    if (nanoTime.getAsLong() - searchedAt >= FRESH_NANOS && searching.compareAndSet(false, true)) {
      aside.execute(this::search);
    }
    return last;
  }

  private void search() {
    try {
      found = List.copyOf(discovery.find());
      failing = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // the nodes that are known may be as well as before
      if (!failing) {
        log.warn("Nodes are not looked for until this is mended: {}", e.getMessage());
      }
      failing = true;
    } finally {
      searchedAt = nanoTime.getAsLong();
      searching.set(false);
    }
  }

  @Override
  public void close() {
    discovery.close();
  }
}
