package org.spawnmesh.spring.management;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.runtime.NodeListener;
import org.spawnmesh.runtime.PassivationReason;

/**
 * What a node does just now, for those who watch. While nobody watches it hears nothing and keeps
 * nothing. Calls are all counted, and timed as {@link SampleRate} says. Thread-safe.
 */
public final class LiveFigures implements NodeListener {

  /** Eight buckets for each power of two of microseconds: off by 9 % at most. */
  private static final int BUCKETS = 8 * 40;

  private final LongSupplier nanoTime;
  private final AtomicInteger watchers = new AtomicInteger();
  private volatile Window window;

  private final CallChains chains;

  /**
   * @param nanoTime measures how long things take
   * @param clock says when they were
   */
  public LiveFigures(LongSupplier nanoTime, InstantSource clock) {
    this.nanoTime = nanoTime;
    this.window = new Window(nanoTime);
    this.chains = new CallChains(this::isWatched, nanoTime, clock);
  }

  /** What follows calls for those who watch. */
  public CallChains chains() {
    return chains;
  }

  /** Begins to listen; {@link Watch#close} ends it. */
  Watch watch() {
    if (watchers.getAndIncrement() == 0) {
      window = new Window(nanoTime);
      chains.forget();
    }
    return new Watch();
  }

  boolean isWatched() {
    return watchers.get() > 0;
  }

  /** One pair of eyes. Confined to one thread. */
  final class Watch implements AutoCloseable {

    private Totals before = window.totals();
    private Window seen = window;

    /** What happened since the last call of this method. */
    Map<String, Object> next() {
      Window now = window;
      Totals totals = now.totals();
      now.rate.adapt(totals.calls);
      Map<String, Object> frame = totals.minus(now == seen ? before : Totals.NONE);
      before = totals;
      seen = now;
      return frame;
    }

    /** The sampled calls of the last seconds, whoever asked for them last. */
    Map<String, Object> calls() {
      Map<String, Object> report = window.sampled.report();
      report.put("chains", chains.slowest());
      return report;
    }

    @Override
    public void close() {
      watchers.decrementAndGet();
    }
  }

  @Override
  public @Nullable Consumer<Answer> invoked(Invocation invocation) {
    if (watchers.get() == 0) {
      return null;
    }
    Window now = window;
    now.calls.increment();
    int weight = now.rate.weight();
    return weight > 0
        ? timed(now, invocation, weight)
        : now.counted; // the same for all: where there are many calls, most cost no more than that
  }

  private Consumer<Answer> timed(Window now, Invocation invocation, int weight) {
    long start = nanoTime.getAsLong();
    return answer -> {
      Failure failure = now.count(answer);
      if (invocation.mode() == Invocation.Mode.ASK) {
        long nanos = nanoTime.getAsLong() - start;
        now.latency.addAndGet(bucket(nanos / 1_000), weight);
        now.sampled.add(invocation, weight, nanos, failure);
      } else {
        now.sampled.add(invocation, weight, 0, failure);
      }
    };
  }

  @Override
  public void unheardFailure(Invocation invocation, Failure failure) {
    if (watchers.get() > 0) {
      window.fail(failure.code().id());
    }
  }

  @Override
  public void committed(int changes, int turns, long nanos) {
    if (watchers.get() > 0) {
      Window now = window;
      now.commits.increment();
      now.changes.add(changes);
      now.commitNanos.add(nanos);
    }
  }

  @Override
  public void activated(ActorId actor) {
    if (watchers.get() > 0) {
      window.activated.increment();
    }
  }

  @Override
  public void passivated(ActorId actor, PassivationReason reason) {
    if (watchers.get() > 0) {
      window.passivated.increment();
    }
  }

  static int bucket(long micros) {
    if (micros < 8) {
      return (int) Math.max(0, micros);
    }
    int power = 63 - Long.numberOfLeadingZeros(micros);
    int fraction = (int) (micros >>> (power - 3)) & 7;
    return Math.min(BUCKETS - 1, (power - 2) * 8 + fraction);
  }

  /** The middle of a bucket, in microseconds. */
  static double middle(int bucket) {
    if (bucket < 8) {
      return bucket + 0.5;
    }
    int power = bucket / 8 + 2;
    double width = Math.scalb(1.0, power - 3);
    return Math.scalb(1.0, power) + (bucket % 8 + 0.5) * width;
  }

  /** Everything counted since somebody began to watch. */
  private static final class Window {

    final LongAdder calls = new LongAdder();
    final LongAdder answered = new LongAdder();
    final LongAdder commits = new LongAdder();
    final LongAdder changes = new LongAdder();
    final LongAdder commitNanos = new LongAdder();
    final LongAdder activated = new LongAdder();
    final LongAdder passivated = new LongAdder();
    final ConcurrentHashMap<String, LongAdder> failures = new ConcurrentHashMap<>();
    final AtomicLongArray latency = new AtomicLongArray(BUCKETS);
    final SampledCalls sampled = new SampledCalls();
    final SampleRate rate;
    final Consumer<Answer> counted = this::count;

    Window(LongSupplier nanoTime) {
      rate = new SampleRate(nanoTime);
    }

    /** Why the call failed; null if it did not. */
    @Nullable Failure count(Answer answer) {
      answered.increment();
      Failure failure = answer instanceof Answer.Failed failed ? failed.failure() : null;
      if (failure != null) {
        fail(failure.code().id());
      }
      return failure;
    }

    void fail(String code) {
      failures.computeIfAbsent(code, c -> new LongAdder()).increment();
    }

    Totals totals() {
      Map<String, Long> failed = new HashMap<>();
      failures.forEach((code, count) -> failed.put(code, count.sum()));
      long[] counts = new long[BUCKETS];
      for (int i = 0; i < BUCKETS; i++) {
        counts[i] = latency.get(i);
      }
      long ended = answered.sum(); // before the calls, so that none is answered and not begun
      return new Totals(
          calls.sum(),
          ended,
          commits.sum(),
          changes.sum(),
          commitNanos.sum(),
          activated.sum(),
          passivated.sum(),
          failed,
          counts);
    }
  }

  private record Totals(
      long calls,
      long answered,
      long commits,
      long changes,
      long commitNanos,
      long activated,
      long passivated,
      Map<String, Long> failures,
      long[] latency) {

    static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0, 0, Map.of(), new long[BUCKETS]);

    Map<String, Object> minus(Totals before) {
      Map<String, Object> frame = new LinkedHashMap<>();
      frame.put("calls", calls - before.calls);
      frame.put("inFlight", calls - answered);
      frame.put("commits", commits - before.commits);
      frame.put("changes", changes - before.changes);
      frame.put("commitMillis", (commitNanos - before.commitNanos) / 1e6);
      frame.put("activated", activated - before.activated);
      frame.put("passivated", passivated - before.passivated);
      Map<String, Long> failed = new TreeMap<>();
      failures.forEach(
          (code, count) -> {
            long more = count - before.failures.getOrDefault(code, 0L);
            if (more > 0) {
              failed.put(code, more);
            }
          });
      frame.put("failures", failed);
      // buckets and not percentiles: only counts can be added up over nodes
      Map<String, Long> buckets = new LinkedHashMap<>();
      for (int i = 0; i < latency.length; i++) {
        long more = latency[i] - before.latency[i];
        if (more > 0) {
          buckets.put(Long.toString(Math.round(middle(i) * 10) / 10), more);
        }
      }
      frame.put("latencyMicros", buckets);
      return frame;
    }
  }
}
