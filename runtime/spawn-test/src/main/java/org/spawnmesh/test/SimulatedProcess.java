package org.spawnmesh.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.spawnmesh.time.Timers;

/**
 * What one process has of the machine: threads and time, both of which it loses when it is paused
 * (as by SIGSTOP, or a long garbage collection) or killed. Its clock goes on while it is paused.
 *
 * <p>Thread-safe, if the executor and the timers are that it is made of. What runs when it is
 * killed goes on, and finds that nothing it starts is started any more.
 */
public final class SimulatedProcess implements Executor, Timers {

  private enum State {
    RUNNING,
    PAUSED,
    KILLED
  }

  private final Executor threads;
  private final Timers timers;
  private final List<Runnable> stopped = new ArrayList<>();
  private volatile State state = State.RUNNING;

  public SimulatedProcess(Executor threads, Timers timers) {
    this.threads = threads;
    this.timers = timers;
  }

  @Override
  public void execute(Runnable task) {
    threads.execute(() -> run(task));
  }

  @Override
  public long nanoTime() {
    return timers.nanoTime();
  }

  @Override
  public Timer schedule(Duration delay, Runnable task) {
    return timers.schedule(delay, () -> run(task));
  }

  private void run(Runnable task) {
    switch (state) {
      case RUNNING -> task.run();
      case PAUSED -> stop(task);
      case KILLED -> {}
    }
  }

  private synchronized void stop(Runnable task) {
    stopped.add(task);
  }

  public boolean isRunning() {
    return state == State.RUNNING;
  }

  public boolean isPaused() {
    return state == State.PAUSED;
  }

  /** Nothing of it runs until it is resumed. */
  public synchronized void pause() {
    if (state == State.RUNNING) {
      state = State.PAUSED;
    }
  }

  /** Everything that could not run comes at once, in any order. */
  public synchronized void resume() {
    if (state == State.PAUSED) {
      state = State.RUNNING;
      List<Runnable> late = List.copyOf(stopped);
      stopped.clear();
      late.forEach(this::execute);
    }
  }

  /** Nothing of it ever runs again. */
  public synchronized void kill() {
    state = State.KILLED;
    stopped.clear();
  }
}
