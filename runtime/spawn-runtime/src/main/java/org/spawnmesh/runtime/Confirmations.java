package org.spawnmesh.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.StoreException;

/**
 * Answers of linearizable reads, until the store has said that this node is still a member: asked
 * after the read ran and before it is answered, once for all that wait (R20).
 *
 * <p>Thread-safe; {@link #run} is started by whoever raises {@code queued} from 0.
 */
final class Confirmations implements Runnable {

  /** A read that ran, and who this node was before it did. */
  private record Read(Call call, Decision decision, Incarnation as) {}

  private final Activations activations;
  private final ConcurrentLinkedQueue<Read> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();

  Confirmations(Activations activations) {
    this.activations = activations;
  }

  void add(Call call, Decision decision, Incarnation as) {
    queue.add(new Read(call, decision, as));
    if (queued.getAndIncrement() == 0) {
      activations.turns.execute(this);
    }
  }

  @Override
  public void run() {
    int done;
    do {
      List<Read> reads = new ArrayList<>();
      for (Read read = queue.poll(); read != null; read = queue.poll()) {
        reads.add(read);
      }
      done = reads.size();
      confirm(reads);
    } while (queued.addAndGet(-done) > 0);
  }

  private void confirm(List<Read> reads) {
    Incarnation asked = null;
    Failure failure = null;
    for (Read read : reads) {
      if (!read.as.equals(asked)) {
        asked = read.as;
        failure = check(asked);
      }
      activations.leave(read.call, failure == null ? read.decision : Decision.failed(failure));
    }
  }

  /** Null if the node is a member. */
  private @Nullable Failure check(Incarnation node) {
    try {
      return activations.store.ledger().isMember(node)
          ? null
          : Failure.unknown(
                  FailureCode.LOST_OWNERSHIP,
                  "The read ran on node %s, which has lost its right to the actor".formatted(node))
              .retryAfter(activations.settings.retryAfter());
    } catch (StoreException e) {
      return Failure.unknown(
              FailureCode.STORE_UNAVAILABLE,
              "The read ran, but the store cannot confirm that it saw the latest: "
                  + e.getMessage())
          .retryAfter(activations.settings.retryAfter());
    }
  }
}
