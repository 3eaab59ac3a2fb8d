package org.spawnmesh.proxy.registration;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Durability;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.SpawnNode;

/**
 * Which definition each spawned instance belongs to. Callers name an instance by its name alone, so
 * its parent is looked up here: in an actor of the proxy's own, one for each instance, and before
 * it in a cache of this node.
 *
 * <p>A name leads to the parent it was last spawned under. Thread-safe.
 */
final class Instances {

  private static final String PLACE = "place";
  private static final int CACHED = 100_000;

  /** An entry is read once and cached; it need not stay in memory. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final String system;
  private final Ask ask;
  private final Stored stored;
  private final boolean isVolatile;
  private final NameCache parents = new NameCache(CACHED);

  Instances(SpawnNode node, String system) {
    this.system = system;
    this.ask = new Ask(node);
    this.stored = new Stored(node);
    this.isVolatile = node.store().isVolatile();
    node.register(
        ActorDefinition.of(
            new ActorType(system, Reserved.DIRECTORY_TYPE),
            Kind.UNNAMED,
            parts ->
                parts
                    .stateful(true)
                    .durability(Durability.COMMIT)
                    .idleTimeout(IDLE)
                    .actions(PLACE)),
        call -> HostReply.of(Payload.NONE, call.payload()));
  }

  /** What this node knows without asking; never blocks. */
  @Nullable String cachedParent(String name) {
    return parents.get(name);
  }

  /** Null if no such instance was ever spawned. Blocks. */
  @Nullable String parent(String name) {
    String cached = parents.get(name);
    if (cached != null) {
      return cached;
    }
    Payload found = lookUp(entry(name));
    if (found.isNone()) {
      return null;
    }
    String parent = Text.read(found);
    parents.put(name, parent);
    return parent;
  }

  /** Entries are durable before they are answered; names that nobody knows wake nothing. */
  private Payload lookUp(ActorId entry) {
    return isVolatile
        ? ask.now(entry, "get", Payload.NONE)
        : stored
            .latest(entry)
            .flatMap(snapshot -> Optional.ofNullable(snapshot.state()))
            .orElse(Payload.NONE);
  }

  /** Completes when it is durable that the instance has this parent. */
  CompletionStage<Answer> place(String name, String parent) {
    if (parent.equals(parents.get(name))) {
      return CompletableFuture.completedStage(Answer.EMPTY);
    }
    return ask.later(entry(name), PLACE, Text.of(parent))
        .thenApply(
            answer -> {
              if (answer instanceof Answer.Ok) {
                parents.put(name, parent);
              }
              return answer;
            });
  }

  private ActorId entry(String name) {
    return Identities.own(system, Reserved.DIRECTORY_TYPE, name);
  }
}
