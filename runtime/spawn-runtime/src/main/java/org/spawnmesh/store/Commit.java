package org.spawnmesh.store;

import java.util.List;

/**
 * One transaction: all that a writer makes durable at once, or not at all. Immutable.
 *
 * @param writer who commits
 * @param batch one more than the writer's last used batch number; numbers are never used twice
 * @param changes at most one for each actor, at least one
 */
public record Commit(WriterId writer, long batch, List<Change> changes) {}
