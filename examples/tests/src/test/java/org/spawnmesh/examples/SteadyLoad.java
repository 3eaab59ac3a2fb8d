package org.spawnmesh.examples;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.spawnmesh.protocol.InvocationResponse;
import org.spawnmesh.protocol.Status;

/**
 * Calls of {@code count} at a fixed rate, whatever became of earlier ones. A caller uses proxies
 * that say they are ready, and goes to another one only if it could not connect, or was told that
 * the call did not take effect because the proxy does not take calls (503). Everything else is a
 * failure.
 */
final class SteadyLoad implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(100);

  private final List<Proxy> proxies;
  private final int perSecond;
  private final String prefix;
  private final AtomicIntegerArray acknowledged;
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Queue<Long> latencies = new ConcurrentLinkedQueue<>();
  private final Queue<Long> answeredAt = new ConcurrentLinkedQueue<>();
  private final Map<Proxy, Boolean> ready = new ConcurrentHashMap<>();
  private final Phaser underWay = new Phaser(1);
  private final List<Thread> threads = new ArrayList<>();
  private volatile int retries;
  private volatile boolean over;
  private int answers;

  SteadyLoad(List<Proxy> proxies, int perSecond, String prefix, int actors) {
    this.proxies = proxies;
    this.perSecond = perSecond;
    this.prefix = prefix;
    this.acknowledged = new AtomicIntegerArray(actors);
    for (Proxy proxy : proxies) {
      ready.put(proxy, true);
      threads.add(Thread.ofVirtual().start(() -> look(proxy)));
    }
    threads.add(Thread.ofPlatform().start(this::call));
  }

  private void look(Proxy proxy) {
    while (!over) {
      ready.put(proxy, proxy.isReady());
      LockSupport.parkNanos(LOOK.toNanos());
    }
  }

  private void call() {
    long start = System.nanoTime();
    for (long i = 0; !over; i++) {
      long due = start + i * 1_000_000_000L / perSecond;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      int actor = (int) (i % acknowledged.length());
      int first = (int) (i % proxies.size());
      underWay.register();
      Thread.ofVirtual()
          .start(
              () -> {
                try {
                  call(actor, first, due);
                } finally {
                  underWay.arriveAndDeregister();
                }
              });
    }
  }

  private void call(int actor, int first, long due) {
    String why = "no proxy was ready";
    for (int i = first; System.nanoTime() - due < PATIENCE.toNanos(); i++) {
      Proxy proxy = proxies.get(i % proxies.size());
      if (!ready.getOrDefault(proxy, false)) {
        LockSupport.parkNanos(1_000_000);
        continue;
      }
      try {
        HttpResponse<byte[]> response =
            proxy.exchange("counter/" + prefix + actor, "count", "", Map.of());
        InvocationResponse answer = InvocationResponse.parseFrom(response.body());
        if (answer.getStatus().getStatus() == Status.OK) {
          acknowledged(actor, due);
          return;
        }
        why = response.statusCode() + " " + answer.getStatus().getMessage();
        if (response.statusCode() != 503 || !why.contains("did not take effect")) {
          break;
        }
      } catch (ConnectException | HttpConnectTimeoutException e) {
        why = e.toString();
      } catch (InvalidProtocolBufferException e) {
        why = "no answer: " + e;
        break;
      } catch (IOException e) {
        why = e.toString();
        break;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      ready.put(proxy, false);
      retried();
    }
    failures.add(prefix + actor + ": " + why);
  }

  private synchronized void retried() {
    retries++;
  }

  private void acknowledged(int actor, long due) {
    long now = System.nanoTime();
    acknowledged.incrementAndGet(actor);
    latencies.add(now - due);
    answeredAt.add(now);
    synchronized (this) {
      answers++;
      notifyAll();
    }
  }

  /** Waits for so many more answers, or for a failure. */
  synchronized void awaitAnswers(int more) throws InterruptedException {
    int wanted = answers + more;
    while (answers < wanted && failures.isEmpty()) {
      wait(1_000);
    }
  }

  int acknowledged(int actor) {
    return acknowledged.get(actor);
  }

  Queue<String> failures() {
    return failures;
  }

  /** Once it is closed. */
  String summary() {
    long[] sorted = latencies.stream().mapToLong(Long::longValue).sorted().toArray();
    long[] times = answeredAt.stream().mapToLong(Long::longValue).sorted().toArray();
    long gap = 0;
    for (int i = 1; i < times.length; i++) {
      gap = Math.max(gap, times[i] - times[i - 1]);
    }
    return "%d answers at %d/s, %d retried, %d failed; p50 %d ms, p99 %d ms, longest %d ms; longest time without any answer %d ms"
        .formatted(
            sorted.length,
            perSecond,
            retries,
            failures.size(),
            millis(sorted[sorted.length / 2]),
            millis(sorted[(int) (sorted.length * 0.99)]),
            millis(sorted[sorted.length - 1]),
            millis(gap));
  }

  private static long millis(long nanos) {
    return nanos / 1_000_000;
  }

  /** Returns when every call has ended. */
  @Override
  public void close() throws InterruptedException {
    over = true;
    for (Thread thread : threads) {
      thread.join();
    }
    underWay.arriveAndAwaitAdvance();
  }
}
