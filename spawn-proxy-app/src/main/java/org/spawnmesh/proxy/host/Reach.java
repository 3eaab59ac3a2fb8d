package org.spawnmesh.proxy.host;

/**
 * Whether a host can be reached. Immutable; each method answers what comes next.
 *
 * <pre>
 * Up ──no connection──► Probing ──still none after the patience──► Down
 *  ▲                       │                                         │
 *  └────────────────────── connected ◄───────────────────────────────┘
 * calls: Up = sent · Probing = wait until their deadline · Down = refused at once
 * </pre>
 */
sealed interface Reach {

  /** Nothing is known against it. */
  Reach UP = new Up();

  /** It could not be connected to. */
  Reach failed(long now, String why, long patienceNanos);

  /** Nothing is known against it. */
  record Up() implements Reach {

    @Override
    public Reach failed(long now, String why, long patienceNanos) {
      return new Probing(now, why);
    }
  }

  /**
   * It may be restarting.
   *
   * @param since on the monotonic clock
   */
  record Probing(long since, String why) implements Reach {

    @Override
    public Reach failed(long now, String latest, long patienceNanos) {
      return now - since >= patienceNanos ? new Down(since, latest) : this;
    }
  }

  /**
   * It has been away for too long to wait for it.
   *
   * @param since on the monotonic clock
   */
  record Down(long since, String why) implements Reach {

    @Override
    public Reach failed(long now, String latest, long patienceNanos) {
      return this;
    }
  }
}
