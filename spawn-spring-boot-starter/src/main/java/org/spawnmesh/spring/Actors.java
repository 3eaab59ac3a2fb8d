package org.spawnmesh.spring;

import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.spring.payload.PayloadCodecs;

/** The way to all actors of this application's system. Thread-safe. */
public interface Actors {

  /** The actor of this name; it need not exist before it is called. */
  ActorRef ref(String type, String name);

  /** The only actor of a {@code NAMED} type, or the pool of a {@code POOLED} one. */
  default ActorRef ref(String type) {
    return ref(type, type);
  }

  /**
   * An actor behind an interface of its caller's choice. Each method calls the action of its own
   * name, or the one that {@link Action} on it names, with its only parameter as the payload if it
   * has one. It returns what the action answers, directly, as {@code Optional}, {@code
   * CompletionStage} or {@code Mono}; {@code void} waits, too. A {@code Mono} calls the actor each
   * time it is subscribed to.
   *
   * @throws InvalidDeclarationException if a method cannot be such a call, or the actor type is
   *     known here and has no such action
   */
  <C> C client(Class<C> client, String type, String name);

  /** Like {@link #client(Class, String, String)} for the actor {@link #ref(String)} means. */
  default <C> C client(Class<C> client, String type) {
    return client(client, type, type);
  }

  /**
   * As {@link #client(Class, String, String)}, calling as this ref does: with its key, its timeout
   * and its metadata.
   */
  <C> C client(Class<C> client, ActorRef ref);

  /** For those who assemble a node themselves. */
  static Actors of(SpawnNode node, String system, PayloadCodecs codecs) {
    return new MeshActors(new Mesh(node, system, codecs));
  }
}
