package org.spawnmesh.proxy.host;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.protocol.ActorInvocation;
import org.spawnmesh.proxy.host.Outcome.Late;
import org.spawnmesh.proxy.host.Outcome.Withdrawn;
import org.spawnmesh.proxy.memory.InFlight;

/**
 * One request and what becomes of it.
 *
 * <pre>
 * WAITING ──claimed by a connection──► SENT ──► outcome
 *    └────────── withdrawn ──────────► WITHDRAWN: it is never sent
 * </pre>
 *
 * <p>The caller waits; the connection's event loop sends and completes.
 */
final class Exchange {

  private enum Phase {
    WAITING,
    SENT,
    WITHDRAWN
  }

  private static final VarHandle PHASE;

  static {
    try {
      PHASE = MethodHandles.lookup().findVarHandle(Exchange.class, "phase", Phase.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final ActorInvocation request;

  /** Of the memory for replies. */
  final InFlight.Share share;

  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

  @SuppressWarnings("UnusedVariable") // through PHASE
  private volatile Phase phase = Phase.WAITING;

  /** Who sends it; set before the phase says so. */
  private volatile @Nullable Connection connection;

  Exchange(ActorInvocation request, InFlight.Share share) {
    this.request = request;
    this.share = share;
  }

  /** From now on it counts as sent; false if it was withdrawn. */
  boolean claim(Connection by) {
    connection = by;
    return PHASE.compareAndSet(this, Phase.WAITING, Phase.SENT);
  }

  void complete(Outcome result) {
    outcome.complete(result);
  }

  /**
   * Waits for the outcome. When the time is over, or the thread is interrupted, the request is
   * withdrawn, or its connection closed if it was sent.
   */
  Outcome await(long nanos) throws InterruptedException {
    try {
      return outcome.get(Math.max(0, nanos), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return giveUp();
    } catch (InterruptedException e) {
      giveUp();
      throw e;
    } catch (ExecutionException e) {
      throw new IllegalStateException("An exchange is completed by an outcome only", e);
    }
  }

  private Outcome giveUp() {
    if (PHASE.compareAndSet(this, Phase.WAITING, Phase.WITHDRAWN)) {
      return new Withdrawn("the time was over");
    }
    Connection sender = connection;
    if (sender != null) {
      sender.abandon(this);
    }
    return outcome.getNow(new Late());
  }
}
