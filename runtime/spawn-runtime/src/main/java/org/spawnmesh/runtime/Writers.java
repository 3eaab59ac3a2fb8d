package org.spawnmesh.runtime;

import org.spawnmesh.actor.ActorId;
import org.spawnmesh.store.Incarnation;

/** The writers of this node, and which of them a change goes to. Thread-safe. */
final class Writers {

  private final Writer[] writers;

  Writers(Activations activations) {
    writers = new Writer[activations.settings.writers()];
    for (int i = 0; i < writers.length; i++) {
      writers[i] = new Writer(activations, i);
    }
  }

  /** All of them commit as {@code fresh} from their next batch on. */
  void join(Incarnation fresh) {
    for (Writer writer : writers) {
      writer.join(fresh);
    }
  }

  void submit(ChangeSet set) {
    Writer writer = set.writer;
    if (writer == null) {
      writer = free(set.activation.id);
      set.writer = writer;
    }
    writer.submit(set);
  }

  void submit(Chores waiting) {
    writers[0].submit(waiting);
  }

  /**
   * The first writer that has not enough for a commit of its own: one commit of many changes costs
   * the database much less than many of few.
   */
  private Writer free(ActorId actor) {
    for (Writer writer : writers) {
      if (!writer.hasEnough()) {
        return writer;
      }
    }
    return writers[Math.floorMod(actor.hashCode(), writers.length)];
  }
}
