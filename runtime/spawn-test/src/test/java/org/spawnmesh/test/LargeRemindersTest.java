package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.spawnmesh.test.NodeFixture.await;
import static org.spawnmesh.test.NodeFixture.payload;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.CatchUp;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.ReminderOrder;
import org.spawnmesh.actor.Timing;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;

/** Reminders that carry much are on their way a few at a time. */
class LargeRemindersTest {

  /** So many of them are as much as may be on the way. */
  private static final int AT_ONCE = 8;

  private static final Payload LARGE = payload("x".repeat((32 << 20) / AT_ONCE));

  private final CyclicBarrier together = new CyclicBarrier(AT_ONCE);
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final AtomicInteger told = new AtomicInteger();

  private HostReply act(HostCall call) {
    if (call.action().equals("plan")) {
      return HostReply.of(Payload.NONE)
          .withReminders(
              List.of(
                  new ReminderOrder.Set(
                      "large", Timing.after(Duration.ofHours(1)), CatchUp.ONE, "note", LARGE)));
    }
    most.accumulateAndGet(running.incrementAndGet(), Math::max);
    try {
      together.await(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException("too few came together", e);
    } finally {
      running.decrementAndGet();
    }
    assertThat(call.payload().bytes()).hasSameSizeAs(LARGE.bytes());
    told.incrementAndGet();
    return HostReply.of(Payload.NONE, payload("told"));
  }

  @Test
  void neitherMoreNorLessThanFitIntoMemory() {
    try (var mesh =
        new NodeFixture(s -> s.withTimeout(Duration.ofDays(365)))
            .host("Clerk", Kind.UNNAMED, b -> b.stateful(true).actions("plan", "note"), this::act)
            .start()) {
      for (int i = 0; i < 2 * AT_ONCE; i++) {
        mesh.send("Clerk", "c" + i, "plan", "").answer().orThrow();
      }
      mesh.timers.advance(Duration.ofHours(1));
      await(
          () -> {
            mesh.timers.advance(Duration.ofMillis(100));
            return told.get() == 2 * AT_ONCE;
          });
      assertThat(most).hasValue(AT_ONCE);
    }
  }
}
