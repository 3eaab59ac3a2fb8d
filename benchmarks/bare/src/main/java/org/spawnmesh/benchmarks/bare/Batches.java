package org.spawnmesh.benchmarks.bare;

import java.sql.SQLException;
import java.util.Collection;

/**
 * Makes batches of changes durable, each in one transaction that first proves the right to write:
 * it moves the writer's row from batch n - 1 to n, which only an unfenced writer can.
 *
 * <p>Confined to the thread of one writer.
 */
interface Batches {

  /**
   * When this returns, the batch is durable.
   *
   * @param changes at most one for each actor
   * @throws IllegalStateException if the writer is fenced or another was faster; nothing changed
   */
  void commit(Collection<Change> changes) throws SQLException;
}
