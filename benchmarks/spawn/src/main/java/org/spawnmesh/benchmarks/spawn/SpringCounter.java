package org.spawnmesh.benchmarks.spawn;

import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.benchmarks.harness.Counter;
import org.spawnmesh.spring.ActorRef;
import org.spawnmesh.spring.Actors;

/** Calls through a ref that is looked up each time, as an application does. */
@SuppressWarnings("NullAway") // this actor never answers nothing
record SpringCounter(Actors actors, String type, String addAction) implements Counter {

  SpringCounter(Actors actors) {
    this(actors, "Counter", "add");
  }

  /** Other actors of the same node. */
  SpringCounter of(String otherType, String otherAction) {
    return new SpringCounter(actors, otherType, otherAction);
  }

  /** Returns when the actors can be asked: another node takes a moment to be seen. */
  void awaitMesh() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2 * TIMEOUT_SECONDS);
    while (true) {
      try {
        getBlocking(0);
        return;
      } catch (SpawnException e) {
        if (System.nanoTime() - end > 0) {
          throw e;
        }
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
      }
    }
  }

  private ActorRef ref(int actor) {
    return actors.ref(type, "c" + actor);
  }

  @Override
  public CompletionStage<Long> add(int actor, long n) {
    return ref(actor).askAsync(addAction, n, Long.class);
  }

  @Override
  public CompletionStage<Long> get(int actor) {
    return ref(actor).askAsync("get", null, Long.class);
  }

  @Override
  public long addBlocking(int actor, long n) {
    return Objects.requireNonNull(ref(actor).ask(addAction, n, Long.class));
  }

  @Override
  public long getBlocking(int actor) {
    return Objects.requireNonNull(ref(actor).ask("get", Long.class));
  }
}
