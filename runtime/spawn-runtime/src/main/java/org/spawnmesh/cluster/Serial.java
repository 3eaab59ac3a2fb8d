package org.spawnmesh.cluster;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one after the other, in the order in which they came, on threads of another executor.
 * Thread-safe; what they touch is confined to it.
 */
final class Serial implements Executor, Runnable {

  private static final Logger log = LoggerFactory.getLogger(Serial.class);

  private final Executor threads;
  private final ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();

  Serial(Executor threads) {
    this.threads = threads;
  }

  @Override
  public void execute(Runnable task) {
    queue.add(task);
    if (queued.getAndIncrement() == 0) {
      threads.execute(this);
    }
  }

  @Override
  public void run() {
    int done;
    do {
      done = 0;
      for (Runnable task = queue.poll(); task != null; task = queue.poll()) {
        try {
          task.run();
        } catch (RuntimeException | Error e) {
          log.error("A step of the mesh failed; the next ones are taken", e);
        }
        done++;
      }
    } while (queued.addAndGet(-done) > 0);
  }
}
