package org.spawnmesh.proxy.ingress;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.SpawnException;

/**
 * The memory that requests may take together, from their first byte to the last of their answer.
 * Who comes when it is used up is refused at once, before anybody is called: a proxy without memory
 * would fail all of them. Thread-safe.
 */
final class InFlight {

  /** What a request costs beside its body. */
  private static final int OVERHEAD = 1024;

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final long limit;
  private final AtomicLong bytes = new AtomicLong();

  InFlight(long limit) {
    this.limit = limit;
  }

  long bytes() {
    return bytes.get();
  }

  /**
   * Lets a request in.
   *
   * @throws SpawnException with {@link FailureCode#NODE_OVERLOADED} if there is no room for it
   */
  Share enter() {
    Share share = new Share();
    share.take(OVERHEAD);
    return share;
  }

  /** What one request has taken; used by one thread at a time. */
  final class Share {

    private long taken;

    /**
     * @throws SpawnException with {@link FailureCode#NODE_OVERLOADED} if there is no room for it
     */
    void take(int size) {
      if (bytes.addAndGet(size) > limit) {
        bytes.addAndGet(-size);
        throw new SpawnException(
            Failure.notExecuted(
                    FailureCode.NODE_OVERLOADED,
                    "The requests in flight would take more than %d bytes (spawn.proxy.bytes-in-flight)"
                        .formatted(limit))
                .retryAfter(RETRY_AFTER));
      }
      taken += size;
    }

    /** The request is over; call it once. */
    void leave() {
      bytes.addAndGet(-taken);
    }
  }
}
