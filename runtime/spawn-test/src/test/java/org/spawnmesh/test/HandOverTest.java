package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.test.NodeFixture.id;
import static org.spawnmesh.test.NodeFixture.payload;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.cluster.Standalone;
import org.spawnmesh.runtime.NodeSettings;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.InMemoryStateStore;
import org.spawnmesh.test.FaultyStateStore.CommitFault;

/** What a call gives to other threads; here they do it when the test says so. */
class HandOverTest {

  private final Queue<Runnable> turns = new ArrayDeque<>();
  private final Queue<Runnable> writers = new ArrayDeque<>();
  private final VirtualTimers timers = new VirtualTimers();
  private final FaultyStateStore store = new FaultyStateStore(new InMemoryStateStore());

  private SpawnNode start(int batchLimit) {
    SpawnNode node =
        SpawnNode.builder(store)
            .cluster(new Standalone("test", Duration.ZERO))
            .settings(NodeSettings.DEFAULTS.withWriters(2).withBatchLimit(batchLimit))
            .timers(timers)
            .clock(timers)
            .turns(turns::add)
            .writers(writers::add)
            .build();
    node.register(
        ActorDefinition.of(
            id("Counter", "any").type(),
            Kind.UNNAMED,
            parts -> parts.stateful(true).actions("add", "read")),
        NodeFixture::count);
    node.start();
    return node;
  }

  private static CompletableFuture<Answer> ask(SpawnNode node, String name, String action) {
    Payload one = action.equals("add") ? payload(1) : Payload.NONE;
    return node.invoke(Invocation.ask(id("Counter", name), action, one)).toCompletableFuture();
  }

  private static String value(CompletableFuture<Answer> answered) {
    return NodeFixture.text(answered.resultNow().orThrow());
  }

  private static void run(Queue<Runnable> tasks) {
    for (Runnable next = tasks.poll(); next != null; next = tasks.poll()) {
      next.run();
    }
  }

  private void settle() {
    while (!turns.isEmpty() || !writers.isEmpty()) {
      run(turns);
      run(writers);
    }
  }

  // ---- a default read ----

  @Test
  void aDefaultReadOfWhatIsDurableIsAnsweredAtOnce() {
    SpawnNode node = start(64);
    ask(node, "a", "add");
    settle();

    assertThat(value(ask(node, "a", "get"))).isEqualTo("1");
    assertThat(turns).isEmpty();
  }

  @Test
  void aHostsCodeNeverRunsOnItsCallersThread() {
    SpawnNode node = start(64);
    ask(node, "a", "add");
    settle();

    assertThat(ask(node, "a", "read")).isNotDone();
    assertThat(turns).hasSize(1);
  }

  @Test
  void aDefaultReadDoesNotOvertakeWhatCameBefore() {
    SpawnNode node = start(64);
    ask(node, "a", "add");
    settle();
    ask(node, "a", "add");
    CompletableFuture<Answer> behind = ask(node, "a", "get");
    run(turns);
    CompletableFuture<Answer> beforeTheDisk = ask(node, "a", "get");
    run(turns);

    assertThat(behind).isNotDone();
    assertThat(beforeTheDisk).isNotDone();
    settle();
    assertThat(value(behind)).isEqualTo("2");
    assertThat(value(beforeTheDisk)).isEqualTo("2");
  }

  @Test
  void whatComesDuringADefaultReadIsRun() {
    SpawnNode node = start(64);
    ask(node, "a", "add");
    settle();
    ask(node, "a", "get");
    CompletableFuture<Answer> next = ask(node, "a", "add");
    settle();

    assertThat(value(next)).isEqualTo("2");
  }

  // ---- writers ----

  @Test
  void fewChangesShareOneCommit() {
    SpawnNode node = start(4096);
    for (int i = 0; i < 60; i++) {
      ask(node, "a" + i, "add");
    }
    run(turns);

    assertThat(writers).hasSize(1);
  }

  @Test
  void manyChangesAreSharedByAllWriters() {
    SpawnNode node = start(4096);
    for (int i = 0; i < 70; i++) {
      ask(node, "a" + i, "add");
    }
    run(turns);

    assertThat(writers).hasSize(2);
  }

  @Test
  void anActorStaysWithTheWriterThatHasItsLastChange() {
    SpawnNode node = start(1);
    store.failCommits(CommitFault.LOST_REPLY);
    store.keepSilent(true);
    CompletableFuture<Answer> first = ask(node, "a", "add");
    run(turns);
    run(writers);
    CompletableFuture<Answer> second = ask(node, "a", "add");
    run(turns);

    assertThat(writers).describedAs("the other writer").isEmpty();
    store.keepSilent(false);
    timers.advance(Duration.ofMillis(50));
    settle();
    assertThat(value(first)).isEqualTo("1");
    assertThat(value(second)).isEqualTo("2");
  }
}
