package org.spawnmesh.actor;

import java.time.Duration;

/** When a change is safe, compared with when its answer leaves. */
public sealed interface Durability {

  /** The answer leaves after the change is durable. The default. */
  record Commit() implements Durability {}

  /**
   * The answer leaves at once; state is saved every {@code interval} while it changes, at
   * passivation and at drain. A crash loses up to one interval of acknowledged changes.
   */
  record Snapshot(Duration interval) implements Durability {}

  Durability COMMIT = new Commit();
}
