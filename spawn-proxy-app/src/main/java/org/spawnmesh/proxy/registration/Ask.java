package org.spawnmesh.proxy.registration;

import java.util.concurrent.CompletionStage;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.runtime.SpawnNode;

/** The proxy as a caller of actors, its own ones above all. Thread-safe. */
record Ask(SpawnNode node) {

  CompletionStage<Answer> later(ActorId actor, String action, Payload payload) {
    return node.invoke(Invocation.ask(actor, action, payload));
  }

  /**
   * Blocks until the answer is there, at most for the node's timeout.
   *
   * @throws org.spawnmesh.actor.SpawnException if the call failed
   */
  Payload now(ActorId actor, String action, Payload payload) {
    return later(actor, action, payload).toCompletableFuture().join().orThrow();
  }
}
