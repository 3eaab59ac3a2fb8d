package org.spawnmesh.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** The harness itself, driven by a number of requests instead of time, so that it takes no time. */
class WorkloadsTest {
  private static final Schedule SHORT =
      new Schedule(new Extent.Requests(10), new Extent.Requests(50), 3, Duration.ZERO);

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void aMeasurementIsOneLineOfJson() throws Exception {
    workloads(new HonestCounter()).w1(20, 8);

    assertThat(lines()).hasSize(2);
    assertThat(lines().getFirst())
        .matches(
            "\\{\"peer\":\"mine\",\"workload\":\"W1-ask\",\"op\":\"add\",\"driver\":\"vt\","
                + "\"actors\":20,\"concurrency\":8,\"throughput_ops_s\":\\d+,"
                + "\"p50_us\":\\d+\\.\\d,\"p99_us\":\\d+\\.\\d,"
                + "\"errors\":0,\"starved_callers\":0,"
                + "\"cpu_jvm\":\\d+\\.\\d\\d,\"cpu_servers\":0\\.00,\"cpu_foreign\":\\d+\\.\\d\\d,"
                + "\"reps_ops_s\":\\[\\d+,\\d+,\\d+],\"notes\":\"said \\\\\"so\\\\\"\"}");
    assertThat(lines().getLast()).contains("\"driver\":\"async\"");
  }

  @Test
  void aServerIsMeasuredUnderLoadAndAtAFixedRate() throws Exception {
    workloads(new HonestCounter()).w4();
    workloads(new HonestCounter()).w4AtServer();

    assertThat(lines()).hasSize(4);
    assertThat(lines().get(0)).contains("W4-durable", "\"op\":\"add\",\"driver\":\"async\"");
    assertThat(lines().get(1)).contains("W4-read\"", "\"op\":\"get\",\"driver\":\"async\"");
    assertThat(lines().get(2)).contains("W4-durable", "\"op\":\"add\",\"driver\":\"1000/s\"");
    assertThat(lines().get(3)).contains("W4-read-at-server", "\"op\":\"get\"");
  }

  @Test
  void anEchoIsTheLimitOfBothAddsAndGetsAndCountsNothing() throws Exception {
    var counter = new HonestCounter();

    workloads(counter).w4Echo();

    assertThat(lines()).hasSize(3);
    assertThat(lines().get(0)).contains("W4-durable", "\"op\":\"add\"");
    assertThat(lines().get(1)).contains("W4-read\"", "\"op\":\"get\"");
    assertThat(counter.total()).isZero();
  }

  @Test
  void everyCallerSendsAllItsRequests() throws Exception {
    var counter = new HonestCounter();

    workloads(counter).w1(20, 8);

    int drivers = 2;
    assertThat(counter.total()).isEqualTo(drivers * 8 * (10 + 3 * 50));
  }

  @Test
  void aCounterThatForgetsAnAcknowledgedAddIsFoundOut() {
    var forgetful =
        new HonestCounter() {
          private final AtomicLong adds = new AtomicLong();

          @Override
          public CompletionStage<Long> add(int actor, long n) {
            boolean forget = adds.incrementAndGet() == 700;
            return super.add(actor, forget ? 0 : n);
          }
        };

    assertThatThrownBy(() -> workloads(forgetful).w2("postgres", 20, 8))
        .isInstanceOf(SumMismatchException.class)
        .hasMessageContaining("mine W2-postgres add vt, 20 actors, 8 callers")
        .hasMessageContaining("-1");
    assertThat(lines()).isEmpty();
  }

  @Test
  void aCounterThatAppliesAnAddTwiceIsFoundOut() {
    var eager =
        new HonestCounter() {
          @Override
          public CompletionStage<Long> add(int actor, long n) {
            return super.add(actor, 2 * n);
          }
        };

    assertThatThrownBy(() -> workloads(eager).w1(20, 8)).isInstanceOf(SumMismatchException.class);
  }

  @Test
  void aFailedAddMayHaveBeenAppliedAndCountsAsAnError() throws Exception {
    var unsure =
        new HonestCounter() {
          private final AtomicLong adds = new AtomicLong();

          @Override
          public CompletionStage<Long> add(int actor, long n) {
            CompletionStage<Long> applied = super.add(actor, n);
            return adds.incrementAndGet() == 700
                ? CompletableFuture.failedFuture(new IllegalStateException("connection lost"))
                : applied;
          }
        };

    workloads(unsure).w2("postgres", 20, 8);

    assertThat(Measurement.parse(lines().getFirst()).errors()).isEqualTo(1);
  }

  @Test
  void whatIsPassedOnIsAwaited() throws Exception {
    var receivers = new HonestCounter();

    workloads(passingOn(receivers, Long.MAX_VALUE)).w7(receivers, 20, 8);

    assertThat(receivers.total()).isEqualTo(8 * (10 + 3 * 50));
    assertThat(lines()).hasSize(1);
    assertThat(lines().getFirst()).contains("W7-chain", "\"op\":\"add\",\"driver\":\"vt\"");
  }

  @Test
  void whatIsNotPassedOnIsFoundOut() {
    var receivers = new HonestCounter();

    assertThatThrownBy(
            () -> workloads(passingOn(receivers, 700)).w7(receivers, 20, 8, Duration.ofMillis(20)))
        .isInstanceOf(SumMismatchException.class);
    assertThat(lines()).isEmpty();
  }

  /** Passes on what it adds a moment later, but for one add. */
  private static Counter passingOn(Counter receivers, long forgotten) {
    return new HonestCounter() {
      private final AtomicLong adds = new AtomicLong();

      @Override
      public CompletionStage<Long> add(int actor, long n) {
        boolean forget = adds.incrementAndGet() == forgotten;
        CompletableFuture.runAsync(() -> receivers.add(actor, forget ? 0 : n));
        return super.add(actor, n);
      }
    };
  }

  @Test
  void activationsAreColdOnceAndThenWarm() throws Exception {
    var counter = new HonestCounter();

    workloads(counter).w3time(100, 3);

    assertThat(counter.values).hasSize(400);
    assertThat(lines().stream().map(line -> Measurement.parse(line).subject().op()))
        .containsExactly("activate-cold", "activate-warm");
  }

  @Test
  void theHeapIsDividedAmongTheActors() throws Exception {
    var heavy =
        new HonestCounter() {
          final Map<Integer, byte[]> ballast = new ConcurrentHashMap<>();

          @Override
          public CompletionStage<Long> get(int actor) {
            ballast.computeIfAbsent(actor, a -> new byte[100_000]);
            return super.get(actor);
          }
        };

    workloads(heavy).w3memory(100);

    assertThat(Measurement.parse(lines().getFirst()).heapBytesPerActor().orElseThrow())
        .isBetween(90_000L, 200_000L);
  }

  private Workloads workloads(Counter counter) {
    var print = new PrintStream(out, true, StandardCharsets.UTF_8);
    return new Workloads("mine", counter, "said \"so\"", SHORT, Set.of(), print);
  }

  private List<String> lines() {
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }

  private static class HonestCounter implements Counter {
    final Map<Integer, Long> values = new ConcurrentHashMap<>();

    @Override
    public CompletionStage<Long> add(int actor, long n) {
      return CompletableFuture.completedFuture(values.merge(actor, n, Long::sum));
    }

    @Override
    public CompletionStage<Long> get(int actor) {
      return CompletableFuture.completedFuture(values.merge(actor, 0L, Long::sum));
    }

    long total() {
      return values.values().stream().mapToLong(Long::longValue).sum();
    }
  }
}
