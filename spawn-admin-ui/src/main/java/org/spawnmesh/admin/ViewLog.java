package org.spawnmesh.admin;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The views that the console saw while somebody looked at a mesh, newest first. Thread-safe. */
final class ViewLog {

  private static final int MOST = 50;

  private final InstantSource clock;
  private final Map<String, Deque<Seen>> bySystem = new HashMap<>();

  /** One view. */
  record Seen(long number, String at, List<String> members) {}

  ViewLog(InstantSource clock) {
    this.clock = clock;
  }

  synchronized void saw(String system, JsonNode mesh) {
    long number = mesh.path("view").asLong(0);
    Deque<Seen> seen = bySystem.computeIfAbsent(system, s -> new ArrayDeque<>());
    if (number == 0 || (!seen.isEmpty() && seen.getFirst().number >= number)) {
      return;
    }
    List<String> members = new ArrayList<>();
    mesh.path("members").forEach(member -> members.add(member.path("name").asString("")));
    seen.addFirst(new Seen(number, clock.instant().toString(), members));
    if (seen.size() > MOST) {
      seen.removeLast();
    }
  }

  synchronized List<Seen> of(String system) {
    return List.copyOf(bySystem.getOrDefault(system, new ArrayDeque<>()));
  }
}
