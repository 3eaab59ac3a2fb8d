package org.spawnmesh.proxy.registration;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorDefinition;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Answer;
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
  private final NameCache parents = new NameCache(CACHED);

  Instances(SpawnNode node, String system) {
    this.system = system;
    this.ask = new Ask(node);
    node.register(
        ActorDefinition.of(
            new ActorType(system, Reserved.DIRECTORY_TYPE),
            Kind.UNNAMED,
            parts -> parts.stateful(true).idleTimeout(IDLE).actions(PLACE)),
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
    Payload stored = ask.now(entry(name), "get", Payload.NONE);
    if (stored.isNone()) {
      return null;
    }
    String parent = Text.read(stored);
    parents.put(name, parent);
    return parent;
  }

  /** Completes when it is durable that the instance has this parent. */
  CompletionStage<Answer> place(String name, String parent) {
    if (parent.equals(parents.get(name))) {
      return java.util.concurrent.CompletableFuture.completedStage(Answer.EMPTY);
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
