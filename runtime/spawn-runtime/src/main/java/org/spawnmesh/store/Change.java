package org.spawnmesh.store;

/**
 * What one actor's turns since its last commit amount to: turns of one actor that wait together
 * collapse into the last state. Immutable.
 *
 * @param next what to save; its revision is greater than {@code expected}
 * @param expected the revision that must be stored now, {@link Snapshot#NEVER_SAVED} for no row
 * @param cause who made the last of the turns
 * @param history how many of the newest revisions to keep for this actor at least, this one
 *     included, and at most a quarter more; 0 for none
 * @param enclosure what becomes durable together with {@code next}
 */
public record Change(Snapshot next, long expected, Cause cause, int history, Enclosure enclosure) {

  /** A change of the state alone. */
  public Change(Snapshot next, long expected, Cause cause, int history) {
    this(next, expected, cause, history, Enclosure.NONE);
  }
}
