package org.spawnmesh.spring;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.spring.autoconfigure.SpawnAutoConfiguration;
import org.spawnmesh.store.Cause;
import org.spawnmesh.store.Change;
import org.spawnmesh.store.Commit;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.store.StateStore;
import org.spawnmesh.store.View;
import org.spawnmesh.store.WriterId;
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

  Snapshot stored(ActorId actor) {
    return node().store().load(actor).orElseThrow();
  }

  /** Writes behind the node's back, as a person with a database client does. */
  void store(Snapshot next) {
    StateStore store = node().store();
    Incarnation person = store.ledger().register("person", 1);
    View view = store.ledger().view();
    Set<Incarnation> members = new HashSet<>(view.members());
    members.add(person);
    store.ledger().raise(view, members);
    Change change =
        new Change(next, next.revision() - 1, new Cause("repair", null, null, Instant.EPOCH), 0);
    store.commit(new Commit(new WriterId(person, 0), 1, List.of(change)));
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
