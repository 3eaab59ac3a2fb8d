package org.spawnmesh.proxy.memory;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.SpawnException;

/**
 * The memory that things on their way may take together. What comes when it is used up is refused:
 * a proxy without memory would fail all of them. Thread-safe.
 */
public final class InFlight {

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final String what;
  private final String property;
  private final long limit;
  private final AtomicLong bytes = new AtomicLong();

  /**
   * @param what is on its way, for messages
   * @param property that sets the limit, for messages
   * @param limit in bytes
   */
  public InFlight(String what, String property, long limit) {
    this.what = what;
    this.property = property;
    this.limit = limit;
  }

  public long bytes() {
    return bytes.get();
  }

  public boolean isHalfFull() {
    return bytes.get() > limit / 2;
  }

  /** What is wrong when there is no room. */
  public String shortage() {
    return "The %s in flight would take more than %d bytes (%s)".formatted(what, limit, property);
  }

  /** For who is refused before anybody was called. */
  public Failure refusal() {
    return Failure.notExecuted(FailureCode.NODE_OVERLOADED, shortage()).retryAfter(RETRY_AFTER);
  }

  /** A share that has taken nothing yet. */
  public Share share() {
    return new Share();
  }

  /** What one of them has taken. Thread-safe: one thread may end it while another one takes. */
  public final class Share {

    private long taken;
    private boolean over;

    private Share() {}

    /** False if there is no room for it, or the share is given back already. */
    public synchronized boolean tryTake(int size) {
      if (over) {
        return false;
      }
      if (bytes.addAndGet(size) > limit) {
        bytes.addAndGet(-size);
        return false;
      }
      taken += size;
      return true;
    }

    /**
     * @throws SpawnException with {@link FailureCode#NODE_OVERLOADED} if there is no room for it
     */
    public void take(int size) {
      if (!tryTake(size)) {
        throw new SpawnException(refusal());
      }
    }

    /** Gives everything back; harmless if it has been. */
    public synchronized void leave() {
      over = true;
      bytes.addAndGet(-taken);
      taken = 0;
    }
  }
}
