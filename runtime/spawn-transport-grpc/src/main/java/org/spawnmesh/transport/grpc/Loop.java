package org.spawnmesh.transport.grpc;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import org.spawnmesh.time.Timers;
import org.spawnmesh.time.Timers.Timer;

/**
 * The one thread that everything of a link or a stream happens on, so that none of it needs a lock.
 * It must never be blocked: all other connections of the thread would wait, too.
 */
record Loop(EventLoop thread, Timers timers) {

  /** Runs {@code task} later, after what was handed over before; not at all when all is over. */
  void later(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      // the event loops end after the last link and stream did: nothing is left to be done
    }
  }

  /** As {@link #later}, but at once if this is the thread. */
  void run(Runnable task) {
    if (thread.inEventLoop()) {
      task.run();
    } else {
      later(task);
    }
  }

  Timer in(Duration delay, Runnable task) {
    return timers.schedule(delay, () -> later(task));
  }

  long now() {
    return timers.nanoTime();
  }
}
