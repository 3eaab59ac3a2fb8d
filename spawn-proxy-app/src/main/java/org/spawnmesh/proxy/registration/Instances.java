package org.spawnmesh.proxy.registration;

import java.time.Duration;
import java.util.List;
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
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.Snapshot;
import org.spawnmesh.time.Timers;

/**
 * Which definition each spawned instance belongs to. Callers name an instance by its name alone, so
 * its parent is looked up here: in an actor of the proxy's own, one for each instance, and before
 * it in a cache of this node.
 *
 * <p>A name leads to the parent it was last spawned under. A call that names the parent itself
 * needs no entry: it makes one where there is none, and leaves it alone where there is. So two
 * definitions may have instances of the same name and be called in turn.
 *
 * <p>Another node of the mesh may lead a name elsewhere; this one finds out when what it has read
 * is no longer fresh. Thread-safe.
 */
final class Instances {

  private static final String PLACE = "place";
  private static final String NAME = "name";
  private static final String READ = "read";
  private static final int CACHED = 100_000;

  /** An entry is read once and cached; it need not stay in memory. */
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final String system;
  private final Ask ask;
  private final Stored stored;
  private final boolean isVolatile;
  private final Timers timers;
  private final @Nullable Duration fresh;
  private final NameCache<Entry> entries = new NameCache<>(CACHED, Entry::newer);

  /**
   * @param fresh for how long nobody else changes what was read; null for ever
   */
  Instances(SpawnNode node, String system, @Nullable Duration fresh) {
    this.system = system;
    this.timers = node.timers();
    this.fresh = fresh;
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
                    .actions(PLACE, NAME, READ)),
        Instances::run);
  }

  /**
   * Where a name leads.
   *
   * @param revision of the entry; answers may overtake each other on their way into the cache
   * @param read when it was so at least, on the monotonic clock
   */
  private record Entry(String parent, long revision, long read) {

    Entry newer(Entry other) {
      boolean later = other.revision == revision && other.read - read > 0;
      return later || other.revision > revision ? other : this;
    }

    Payload toPayload() {
      return Text.of(List.of(parent, String.valueOf(revision)));
    }

    static Entry of(Payload payload, long read) {
      List<String> parts = Text.readList(payload);
      return new Entry(parts.getFirst(), Long.parseLong(parts.getLast()), read);
    }
  }

  /** The entry's actor: answers what it holds after the action. */
  private static HostReply run(HostCall call) {
    Payload before = call.state();
    Payload after =
        switch (call.action()) {
          case PLACE -> call.payload();
          case NAME -> before == null ? call.payload() : before;
          default -> before;
        };
    if (after == null) {
      return HostReply.of(Payload.NONE);
    }
    boolean changes = !Payload.sameContent(before, after);
    Entry entry = new Entry(Text.read(after), call.revision() + (changes ? 1 : 0), 0);
    return HostReply.of(entry.toPayload(), after);
  }

  /** What this node knows without asking; never blocks. */
  @Nullable String cachedParent(String name) {
    Entry cached = entries.get(name);
    return cached == null || isOld(cached) ? null : cached.parent();
  }

  private boolean isOld(Entry entry) {
    return fresh != null && timers.nanoTime() - entry.read() > fresh.toNanos();
  }

  /** Null if no such instance was ever spawned. Blocks. */
  @Nullable String parent(String name) {
    String cached = cachedParent(name);
    if (cached != null) {
      return cached;
    }
    Entry found = lookUp(entry(name));
    if (found == null) {
      return null;
    }
    entries.put(name, found);
    return found.parent();
  }

  /** Entries are durable before they are answered; names that nobody knows wake nothing. */
  private @Nullable Entry lookUp(ActorId entry) {
    long now = timers.nanoTime();
    if (isVolatile) {
      Payload held = ask.inside(entry, READ, Payload.NONE).toCompletableFuture().join().orThrow();
      return held.isNone() ? null : Entry.of(held, now);
    }
    Snapshot snapshot = stored.latest(entry).orElse(null);
    return snapshot == null || snapshot.state() == null
        ? null
        : new Entry(Text.read(snapshot.state()), snapshot.revision(), now);
  }

  /** Completes when it is durable that this is the instance of that name. */
  CompletionStage<Answer> place(ActorId instance) {
    return instance.type().name().equals(cachedParent(instance.name()))
        ? CompletableFuture.completedStage(Answer.EMPTY)
        : change(instance, PLACE);
  }

  /** Completes when it is durable that the name is some instance's. */
  CompletionStage<Answer> name(ActorId instance) {
    return cachedParent(instance.name()) != null
        ? CompletableFuture.completedStage(Answer.EMPTY)
        : change(instance, NAME);
  }

  private CompletionStage<Answer> change(ActorId instance, String action) {
    String name = instance.name();
    long now = timers.nanoTime();
    return ask.inside(entry(name), action, Text.of(instance.type().name()))
        .thenApply(
            answer -> {
              if (answer instanceof Answer.Ok) {
                entries.put(name, Entry.of(answer.orThrow(), now));
              }
              return answer;
            });
  }

  private ActorId entry(String name) {
    return Identities.own(system, Reserved.DIRECTORY_TYPE, name);
  }
}
