package org.spawnmesh.benchmarks.bare;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** The state of an actor after a turn, and the reply that waits until it is durable. */
record Change(Actor actor, long value, long revision, CompletableFuture<Long> reply) {

  /** An actor in memory, and what is known of its row. */
  static final class Actor {
    final String name;

    /** After the last turn; guarded by this. */
    long value;

    /** After the last turn; guarded by this. */
    long revision;

    /** Of the last turn; guarded by this. A get waits for it: it saw what that turn did. */
    CompletableFuture<Long> lastReply = CompletableFuture.completedFuture(0L);

    /** In the database, 0 if there is no row; confined to the actor's writer. */
    long committedRevision;

    Actor(String name) {
      this.name = name;
    }
  }

  byte[] state() {
    return ("{\"value\":" + value + ",\"label\":\"updated\"}").getBytes(StandardCharsets.UTF_8);
  }
}
