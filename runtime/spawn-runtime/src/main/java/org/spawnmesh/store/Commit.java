package org.spawnmesh.store;

import java.util.List;

/**
 * One transaction: all that a writer makes durable at once, or not at all. Immutable.
 *
 * @param writer who commits
 * @param batch one more than the writer's last used batch number; numbers are never used twice
 * @param changes at most one for each actor
 * @param upkeep what else is to be written; not empty if there are no changes
 */
public record Commit(WriterId writer, long batch, List<Change> changes, Upkeep upkeep) {

  /** Changes of actors and nothing else. */
  public Commit(WriterId writer, long batch, List<Change> changes) {
    this(writer, batch, changes, Upkeep.NONE);
  }
}
