package org.spawnmesh.spring.management;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.runtime.ActivationSummary;
import org.spawnmesh.runtime.SpawnNode;
import org.spawnmesh.store.StateStore.Listed;
import tools.jackson.databind.JsonNode;

/**
 * Which actors there are, a page at a time, by the order of their names. Wakes none. Blocks;
 * thread-safe.
 */
final class ActorPages {

  private static final int MOST_ROWS = 500;

  /**
   * Rows that are looked at for one page of those with a tag, for which no database has an index.
   */
  private static final int MOST_LOOKED_AT = 5_000;

  private static final String PAUSED = "paused";
  private static final String QUARANTINED = "quarantined";

  /** What an actor in memory is doing, and why one takes no calls. */
  private static final List<String> OPEN = List.of("loading", "busy", "idle", "closed");

  private static final List<String> CLOSED = List.of(PAUSED, QUARANTINED);

  private final SpawnNode node;
  private final Ids ids;

  ActorPages(SpawnNode node, Ids ids) {
    this.node = node;
    this.ids = ids;
  }

  /**
   * Stored actors, with what this node's memory adds. A page of those with a tag may be empty and
   * have a next one all the same.
   */
  Map<String, Object> stored(String typeName, Request request) {
    int limit = request.number("limit", 50, MOST_ROWS);
    ActorType type = ids.type(typeName);
    String prefix = request.query().getOrDefault("prefix", "");
    String tag = request.query().getOrDefault("tag", "");
    int rows = tag.isEmpty() ? limit : MOST_ROWS;
    int most = tag.isEmpty() ? limit : MOST_LOOKED_AT;
    List<Map<String, Object>> actors = new ArrayList<>();
    String last = request.query().get("after");
    boolean more = true;
    for (int seen = 0; more && seen < most && actors.size() < limit; ) {
      List<Listed> found = node.store().list(type, prefix, last, rows + 1);
      more = found.size() > rows;
      for (Listed row : found.subList(0, Math.min(rows, found.size()))) {
        if (actors.size() == limit) {
          more = true;
          break;
        }
        seen++;
        last = row.name();
        if (has(tag, row.tags())) {
          actors.add(row(typeName, row));
        }
      }
    }
    return page(actors, more ? last : null);
  }

  private Map<String, Object> row(String typeName, Listed stored) {
    Map<String, Object> row = row(stored.name(), stored.tags());
    row.put("revision", stored.revision());
    row.put("erased", stored.stateType() == null);
    return inMemory(ids.actor(typeName, stored.name()), row);
  }

  /** Actors in this node's memory, or those of a phase. */
  Map<String, Object> active(String typeName, Request request) {
    int limit = request.number("limit", 50, MOST_ROWS);
    String prefix = request.query().getOrDefault("prefix", "");
    String after = request.query().get("after");
    String tag = request.query().getOrDefault("tag", "");
    String text = request.query().getOrDefault("phase", "");
    Set<String> phases = text.isEmpty() ? Set.of() : Set.copyOf(List.of(text.split(",")));
    ActorType type = ids.type(typeName);
    List<Map<String, Object>> actors;
    if (!phases.isEmpty() && CLOSED.containsAll(phases)) {
      actors =
          node
              .inspect()
              .closed(
                  type,
                  after,
                  limit + 1,
                  (name, why) ->
                      name.startsWith(prefix)
                          && phases.contains(phase(why))
                          && (tag.isEmpty() || has(tag, tags(type, name))))
              .keySet()
              .stream()
              .map(name -> inMemory(ids.actor(typeName, name), row(name, tags(type, name))))
              .toList();
    } else if (OPEN.containsAll(phases)) {
      Predicate<ActivationSummary> wanted =
          each ->
              each.actor().name().startsWith(prefix)
                  && (phases.isEmpty() || phases.contains(each.phase()))
                  && has(tag, each.tags());
      actors =
          node.inspect().activations(type, after, limit + 1, wanted).stream()
              .map(this::active)
              .toList();
    } else {
      throw RefusedRequestException.badRequest(
          "phase is '%s'; it must be some of %s, or some of %s".formatted(text, OPEN, CLOSED));
    }
    List<Map<String, Object>> page = actors.subList(0, Math.min(limit, actors.size()));
    return page(page, actors.size() > limit ? (String) page.getLast().get("name") : null);
  }

  private Map<String, Object> active(ActivationSummary summary) {
    Map<String, Object> row = row(summary.actor().name(), summary.tags());
    row.put("revision", summary.revision());
    return inMemory(summary.actor(), row);
  }

  /** Of an actor that is perhaps not in memory: as they are stored. */
  private Map<String, String> tags(ActorType type, String name) {
    List<Listed> first =
        node.store().list(type, name, null, 1); // of all that begin so, the shortest
    return first.isEmpty() || !first.getFirst().name().equals(name)
        ? Map.of()
        : first.getFirst().tags();
  }

  /**
   * @param tag a key, or {@code key=value}; empty for any
   */
  private static boolean has(String tag, Map<String, String> tags) {
    return tag.isEmpty()
        || tags.containsKey(tag)
        || tags.entrySet().stream()
            .anyMatch(each -> tag.equals(each.getKey() + "=" + each.getValue()));
  }

  private static Map<String, Object> row(String actorName, Map<String, String> tags) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("name", actorName);
    row.put("tags", new TreeMap<>(tags));
    return row;
  }

  /**
   * @param next the last name that was looked at; null if nothing follows
   */
  private static Map<String, Object> page(List<Map<String, Object>> actors, @Nullable String next) {
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("actors", actors);
    page.put("next", next);
    return page;
  }

  /** What this node's memory knows of some actors: only those it knows are in the answer. */
  Map<String, Object> lookup(String typeName, Request request) {
    Map<String, Object> known = new LinkedHashMap<>();
    JsonNode names = request.body().get("names");
    if (names == null || !names.isArray() || names.size() > MOST_ROWS) {
      throw RefusedRequestException.badRequest(
          "The body needs 'names', an array of at most " + MOST_ROWS);
    }
    for (JsonNode each : names) {
      Map<String, Object> actor =
          inMemory(ids.actor(typeName, each.asString()), new LinkedHashMap<>());
      if (!"asleep".equals(actor.get("phase"))) {
        known.put(each.asString(), actor);
      }
    }
    return known;
  }

  private static String phase(Failure closed) {
    return closed.code() == FailureCode.ACTOR_PAUSED ? PAUSED : QUARANTINED;
  }

  /** Adds what this node's memory knows of the actor. */
  Map<String, Object> inMemory(ActorId actor, Map<String, Object> into) {
    ActivationSummary summary = node.inspect().activation(actor).orElse(null);
    Failure closed = node.inspect().quarantined(actor).orElse(null);
    into.put(
        "phase", closed != null ? phase(closed) : summary == null ? "asleep" : summary.phase());
    if (closed != null) {
      into.put("why", closed.toString());
    }
    if (summary != null) {
      into.put("mailbox", summary.mailbox());
      into.put("idleMillis", summary.idle().toMillis());
      into.put("unsaved", summary.unsaved());
    }
    return into;
  }
}
