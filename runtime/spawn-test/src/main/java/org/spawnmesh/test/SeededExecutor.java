package org.spawnmesh.test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Runs tasks one after the other on the thread of the test, in an order that a seed decides: every
 * interleaving of tasks can happen, and happens again with the same seed. Not thread-safe.
 */
public final class SeededExecutor implements Executor {

  private final RandomGenerator random;
  private final List<Runnable> tasks = new ArrayList<>();

  public SeededExecutor(RandomGenerator random) {
    this.random = random;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  /** Runs one of the waiting tasks; false if there is none. */
  public boolean runOne() {
    if (tasks.isEmpty()) {
      return false;
    }
    int chosen = random.nextInt(tasks.size());
    Runnable last = tasks.removeLast();
    Runnable task = chosen == tasks.size() ? last : tasks.set(chosen, last);
    task.run();
    return true;
  }

  public void runAll() {
    while (runOne()) {
      // each may add others
    }
  }

  /** What waits is never run: the process died. */
  public void drop() {
    tasks.clear();
  }
}
