package org.spawnmesh.runtime;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.runtime.Chores.Chore;

/**
 * Lets leave what a writer has settled, in the order in which it was settled. On a thread of its
 * own: whoever continues from an answer may take its time, and the writer has the next batch to
 * commit.
 *
 * <p>Thread-safe; {@link #run} is started by whoever raises {@code queued} from 0.
 */
final class Releases implements Runnable {

  private static final Logger log = LoggerFactory.getLogger(Releases.class);

  private final Activations activations;
  private final ConcurrentLinkedQueue<Runnable> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();

  Releases(Activations activations) {
    this.activations = activations;
  }

  void settled(List<ChangeSet> sets) {
    add(
        () -> {
          for (ChangeSet set : sets) {
            guarded(() -> set.activation.settle(set));
          }
        });
  }

  void done(List<Chore> chores, @Nullable Failure failure) {
    add(() -> chores.forEach(chore -> guarded(() -> chore.done().accept(failure))));
  }

  void failed(Settlement activation, @Nullable Departure departures, Failure failure) {
    add(
        () -> {
          activations.fail(departures, failure);
          activation.failed();
        });
  }

  private void add(Runnable release) {
    queue.add(release);
    if (queued.getAndIncrement() == 0) {
      activations.turns.execute(this);
    }
  }

  @Override
  public void run() {
    int done;
    do {
      done = 0;
      for (Runnable next = queue.poll(); next != null; next = queue.poll()) {
        guarded(next);
        done++;
      }
    } while (queued.addAndGet(-done) > 0);
  }

  private static void guarded(Runnable release) {
    try {
      release.run();
    } catch (RuntimeException | Error e) {
      log.error("An answer could not be given; the next ones are", e);
    }
  }
}
