package org.spawnmesh.proxy.ingress;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.time.Timers;
import org.springframework.context.SmartLifecycle;

/**
 * Deliveries that wait in the memory of this node: when it stops, those that are not due are lost,
 * and the log says how many.
 */
final class TimedDeliveries implements Deliveries, SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(TimedDeliveries.class);

  /** Stops before the node drains: what is due while it drains would be refused one by one. */
  private static final int PHASE = DEFAULT_PHASE - 256;

  /** What waits is in memory. */
  private static final int LIMIT = 100_000;

  /** The payloads of all that wait. */
  private static final long BYTES = 64L << 20;

  private final SpawnNode node;
  private final Set<Waiting> waiting = ConcurrentHashMap.newKeySet();
  private final AtomicLong bytes = new AtomicLong();
  private volatile boolean running;
  private volatile boolean stopped;

  TimedDeliveries(SpawnNode node) {
    this.node = node;
  }

  @Override
  public void after(Duration delay, Invocation invocation) {
    int size = Math.max(0, invocation.payload().knownSize());
    if (waiting.size() >= LIMIT || bytes.get() > BYTES - size) {
      throw new SpawnException(
          Failure.notExecuted(
                  FailureCode.MAILBOX_FULL,
                  "%s was refused: scheduled calls wait already, %d of them with %d bytes"
                      .formatted(invocation, waiting.size(), bytes.get()))
              .retryAfter(node.settings().retryAfter()));
    }
    if (stopped) {
      throw stopping(invocation);
    }
    Waiting one = new Waiting(invocation, size);
    waiting.add(one);
    bytes.addAndGet(size);
    one.timer = node.timers().schedule(delay, () -> send(one));
    if (stopped && waiting.remove(one)) { // too late for stop() to see it
      bytes.addAndGet(-size);
      one.timer.cancel();
      throw stopping(invocation);
    }
  }

  private SpawnException stopping(Invocation invocation) {
    return new SpawnException(
        Failure.notExecuted(
                FailureCode.NODE_UNAVAILABLE,
                "%s was refused: the node stops before it would be due".formatted(invocation))
            .retryAfter(node.settings().retryAfter()));
  }

  private void send(Waiting due) {
    if (waiting.remove(due)) {
      bytes.addAndGet(-due.size);
      node.invoke(due.invocation)
          .thenAccept(
              answer -> {
                if (answer instanceof Answer.Failed failed) {
                  log.warn("The scheduled {} failed: {}", due.invocation, failed.failure());
                }
              });
    }
  }

  @Override
  public void start() {
    running = true;
    stopped = false;
  }

  @Override
  public void stop() {
    running = false;
    stopped = true;
    int lost = 0;
    for (Waiting one : waiting) {
      if (waiting.remove(one)) {
        bytes.addAndGet(-one.size);
        one.timer.cancel();
        lost++;
      }
    }
    if (lost > 0) {
      log.warn("{} scheduled calls were not due yet and are lost with this node", lost);
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return PHASE;
  }

  /** Has an identity of its own: equal calls may wait side by side. */
  private static final class Waiting {

    final Invocation invocation;
    final int size;
    volatile Timers.Timer timer = () -> {};

    Waiting(Invocation invocation, int size) {
      this.invocation = invocation;
      this.size = size;
    }
  }
}
