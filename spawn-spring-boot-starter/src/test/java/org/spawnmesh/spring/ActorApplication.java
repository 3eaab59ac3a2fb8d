package org.spawnmesh.spring;

import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.spring.autoconfigure.SpawnAutoConfiguration;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.StateStore;
import org.spawnmesh.test.VirtualTimers;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** An application with some actors, in memory, on a clock that the test moves. */
final class ActorApplication implements AutoCloseable {

  final VirtualTimers time = new VirtualTimers();
  private final AnnotationConfigApplicationContext context =
      new AnnotationConfigApplicationContext();

  ActorApplication(Class<?>... beans) {
    context.registerBean(VirtualTimers.class, () -> time);
    context.registerBean(StateStore.class, InMemoryStateStore::new);
    context.register(SpawnAutoConfiguration.class);
    context.register(beans);
    context.refresh();
  }

  Actors actors() {
    return context.getBean(Actors.class);
  }

  ActorRef ref(String type, String name) {
    return actors().ref(type, name);
  }

  SpawnNode node() {
    return context.getBean(SpawnNode.class);
  }

  <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  /** Waits for something that another thread is about to do. */
  static void await(java.util.function.BooleanSupplier condition) {
    long giveUp = System.nanoTime() + 10_000_000_000L;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - giveUp > 0) {
        throw new AssertionError("waited in vain");
      }
      Thread.yield();
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
