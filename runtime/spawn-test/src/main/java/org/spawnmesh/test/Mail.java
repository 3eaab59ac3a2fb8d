package org.spawnmesh.test;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Effect;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.store.InMemoryStateStore;

/**
 * What the actors of a simulation send to each other, and what must be true of it. An actor's state
 * is the set of what it applied: {@code id} for a call, {@code <id} for what another told it.
 */
final class Mail {

  /** Applies a call and tells another actor. */
  static final String SEND = "send";

  /** What the other is told. */
  static final String HEAR = "hear";

  private final InMemoryStateStore stored;
  private final ActorType type;
  private final List<ActorId> actors;
  private final Function<ActorId, Set<String>> durable;
  private final Consumer<String> violated;
  private final Set<String> sends = new HashSet<>();

  /**
   * @param durable what an actor has applied, as it is stored
   */
  Mail(
      InMemoryStateStore stored,
      ActorType type,
      List<ActorId> actors,
      Function<ActorId, Set<String>> durable,
      Consumer<String> violated) {
    this.stored = stored;
    this.type = type;
    this.actors = actors;
    this.durable = durable;
    this.violated = violated;
  }

  /** The reply of a turn that sends {@code id} on. */
  HostReply sending(String id, HostReply reply) {
    sends.add(id);
    Payload heard = Payload.of("id", ("<" + id).getBytes(StandardCharsets.UTF_8));
    return reply.withEffects(List.of(Effect.of(target(id), HEAR, heard)));
  }

  /** Of few, so that their order matters. */
  private ActorId target(String id) {
    return actors.get(Math.floorMod(id.hashCode(), Math.min(2, actors.size())));
  }

  /** An actor is told something. */
  void heard(HostCall call, String told) {
    ActorId sender = Objects.requireNonNull(call.caller());
    if (!durable.apply(sender).contains(told.substring(1))) {
      violated.accept(
          "NoEffectWithoutCommit: %s got %s, which %s has not stored"
              .formatted(call.actor(), told, sender));
    }
  }

  boolean isDelivered() {
    return stored.agenda().senders(type, "", 1).isEmpty();
  }

  /** Whatever is stored as sent was heard, when everything had time to arrive. */
  void check() {
    if (!isDelivered()) {
      violated.accept(
          "ExactlyOnceEffect: the outbox of %s does not become empty"
              .formatted(stored.agenda().senders(type, "", 100)));
    }
    if (stored.agenda().countDeadLetters(type) > 0) {
      violated.accept("ExactlyOnceEffect: there are dead letters");
    }
    for (ActorId actor : actors) {
      for (String id : durable.apply(actor)) {
        if (sends.contains(id) && !durable.apply(target(id)).contains("<" + id)) {
          violated.accept(
              "ExactlyOnceEffect: %s has %s, and %s never heard it"
                  .formatted(actor, id, target(id)));
        }
      }
    }
  }
}
