package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.test.NodeFixture.await;
import static org.spawnmesh.test.NodeFixture.id;
import static org.spawnmesh.test.NodeFixture.payload;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.test.FaultyStateStore.CommitFault;
import org.spawnmesh.test.NodeFixture.Pending;

/** An actor that is faster than its disk stands still for a while, and never for ever. */
class OverloadTest {

  private static final int LIMIT = 4;

  /**
   * An actor whose first change is in doubt, that has taken as many turns as may wait for the disk,
   * and that has more calls in its mailbox.
   *
   * @return the first call, those whose answers wait for the disk, and those that wait for a turn
   */
  private static List<Pending> stalled(NodeFixture mesh) {
    mesh.store.failCommits(CommitFault.LOST_REPLY);
    mesh.store.keepSilent(true);
    List<Pending> calls = new ArrayList<>();
    calls.add(mesh.send("Counter", "a", "add", 1));
    await(() -> mesh.stored.load(id("Counter", "a")).isPresent());
    for (int i = 0; i < 2 * LIMIT; i++) {
      int before = i;
      // one at a time, as far as it takes turns: then none of them is refused
      calls.add(mesh.send("Counter", "a", "add", 1));
      await(() -> mailbox(mesh) == Math.max(0, before + 1 - LIMIT));
    }
    assertThat(calls).noneMatch(Pending::isAnswered);
    assertThat(mesh.send("Counter", "a", "add", 1).failure().code())
        .isEqualTo(FailureCode.MAILBOX_FULL);
    return calls;
  }

  /** Callers wait for ever, so that time may pass as it likes. */
  private static NodeFixture patient(int limit) {
    return new NodeFixture(
            s -> s.withMailboxLimit(limit).withWriters(1).withTimeout(Duration.ofDays(1)))
        .counter()
        .start();
  }

  private static int mailbox(NodeFixture mesh) {
    return mesh.node.inspect().activation(id("Counter", "a")).orElseThrow().mailbox();
  }

  @Test
  void whenTheDiskHasCaughtUpTheActorGoesOnInOrder() {
    try (var mesh = patient(LIMIT)) {
      List<Pending> calls = stalled(mesh);
      mesh.store.keepSilent(false);
      await(
          () -> {
            mesh.timers.advance(Duration.ofMillis(50));
            return calls.getLast().isAnswered();
          });
      for (int i = 0; i < calls.size(); i++) {
        assertThat(calls.get(i).value()).isEqualTo(String.valueOf(i + 1));
      }
      assertThat(mesh.ask("Counter", "a", "read", "")).isEqualTo(String.valueOf(calls.size()));
    }
  }

  @Test
  void whenTheCommitFailsThoseWhoWaitForTheDiskAreToldAndTheOthersRunOnWhatIsStored() {
    try (var mesh = patient(LIMIT)) {
      List<Pending> calls = stalled(mesh);
      mesh.store.failCommits(CommitFault.UNAVAILABLE);
      mesh.store.keepSilent(false);
      await(
          () -> {
            mesh.timers.advance(Duration.ofMillis(50));
            return calls.getLast().isAnswered();
          });
      assertThat(calls.getFirst().value()).isEqualTo("1");
      for (Pending lost : calls.subList(1, 1 + LIMIT)) {
        assertThat(lost.failure().code()).isEqualTo(FailureCode.STORE_UNAVAILABLE);
        assertThat(lost.failure().execution()).isEqualTo(Execution.NOT_EXECUTED);
      }
      for (int i = 0; i < LIMIT; i++) {
        assertThat(calls.get(1 + LIMIT + i).value()).isEqualTo(String.valueOf(i + 2));
      }
      assertThat(mesh.ask("Counter", "a", "read", "")).isEqualTo(String.valueOf(1 + LIMIT));
    }
  }

  @Test
  void whenTheNodeIsFencedMeanwhileEverybodyIsToldAndTheActorWorksAgain() {
    try (var mesh = patient(LIMIT)) {
      List<Pending> calls = stalled(mesh);
      var other = mesh.stored.register("other", 1);
      mesh.stored.raise(mesh.stored.view(), java.util.Set.of(other));
      mesh.store.keepSilent(false);
      await(
          () -> {
            mesh.timers.advance(Duration.ofSeconds(1));
            return calls.stream().allMatch(Pending::isAnswered);
          });
      assertThat(calls.getFirst().value()).isEqualTo("1");
      await(
          () -> {
            mesh.timers.advance(Duration.ofSeconds(1));
            return mesh.send("Counter", "a", "read", "").answer()
                instanceof org.spawnmesh.actor.Answer.Ok;
          });
      assertThat(mesh.ask("Counter", "a", "add", 1))
          .isEqualTo(
              String.valueOf(2 + calls.stream().skip(1).filter(OverloadTest::isDone).count()));
    }
  }

  private static boolean isDone(Pending call) {
    return call.answer() instanceof org.spawnmesh.actor.Answer.Ok;
  }

  /** The turn that stalls and the writer that resumes it meet again and again. */
  @Test
  void noTurnIsForgottenBetweenTheTurnThatStopsAndTheWriterThatResumes() throws Exception {
    try (var mesh = patient(2)) {
      var added = new AtomicInteger();
      long giveUp = System.nanoTime() + Duration.ofSeconds(30).toNanos();
      List<Thread> callers = new ArrayList<>();
      for (int caller = 0; caller < 4; caller++) {
        callers.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      while (added.get() < 40_000 && System.nanoTime() < giveUp) {
                        var answer =
                            new Pending(
                                    mesh.node
                                        .invoke(
                                            org.spawnmesh.actor.Invocation.ask(
                                                id("Counter", "a"), "add", payload(1)))
                                        .toCompletableFuture())
                                .answer();
                        if (answer instanceof org.spawnmesh.actor.Answer.Ok) {
                          added.incrementAndGet();
                        }
                      }
                    }));
      }
      for (Thread caller : callers) {
        caller.join();
      }
      assertThat(added).hasValueGreaterThanOrEqualTo(40_000);
      assertThat(mesh.ask("Counter", "a", "read", "")).isEqualTo(String.valueOf(added.get()));
    }
  }
}
