package org.spawnmesh.proxy.registration;

import java.util.Map;
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
   * As a message of the actor to itself: a node that drains still takes it, for the actions that it
   * finishes.
   */
  CompletionStage<Answer> inside(ActorId actor, String action, Payload payload) {
    return node.invoke(
        new Invocation(
            actor,
            action,
            payload,
            Invocation.Mode.ASK,
            Invocation.NO_DEADLINE,
            actor,
            null,
            Map.of(),
            0));
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
