package org.spawnmesh.runtime;

/** How fast something may go: so many a second, with a little held over. Not thread-safe. */
final class Pace {

  private static final long SECOND = 1_000_000_000L;

  /** What was not used for so long is lost: nanoseconds. */
  private static final long HELD_OVER = SECOND / 10;

  private long nextFree;

  Pace(long now) {
    nextFree = now;
  }

  /**
   * One more, if it may go now.
   *
   * @return 0 if it goes, else in how many nanoseconds to ask again
   */
  long take(double perSecond, long now) {
    if (nextFree - now > 0) {
      return nextFree - now;
    }
    if (nextFree - (now - HELD_OVER) < 0) {
      nextFree = now - HELD_OVER;
    }
    nextFree += (long) (SECOND / perSecond);
    return 0;
  }
}
