package org.spawnmesh.admin;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * The views that the console saw while somebody looked at a mesh, and who led it, newest first.
 * Thread-safe.
 */
final class ViewLog {

  private static final int MOST = 50;

  private final InstantSource clock;
  private final Map<String, Deque<Seen>> bySystem = new HashMap<>();

  /**
   * One view, or another leader in it.
   *
   * @param leader empty if nobody knows
   */
  record Seen(long number, String at, List<String> members, String leader) {}

  ViewLog(InstantSource clock) {
    this.clock = clock;
  }

  synchronized void saw(String system, JsonNode mesh) {
    long number = mesh.path("view").asLong(0);
    Deque<Seen> seen = bySystem.computeIfAbsent(system, s -> new ArrayDeque<>());
    List<String> members = new ArrayList<>();
    String leader = "";
    for (JsonNode member : mesh.path("members")) {
      String name = member.path("name").asString("");
      members.add(name);
      if (mesh.path("leader").isNumber()
          && member.path("incarnation").asLong(-1) == mesh.path("leader").asLong(-2)) {
        leader = name;
      }
    }
    Seen last = seen.peekFirst();
    boolean news =
        last == null
            || last.number < number
            || (last.number == number && !leader.isEmpty() && !leader.equals(last.leader));
    if (number == 0 || !news) {
      return;
    }
    String at = clock.instant().toString();
    if (last != null && last.number == number && last.leader.isEmpty()) {
      at = seen.removeFirst().at; // it is only now known who leads it
    }
    seen.addFirst(new Seen(number, at, members, leader));
    if (seen.size() > MOST) {
      seen.removeLast();
    }
  }

  synchronized List<Seen> of(String system) {
    return List.copyOf(bySystem.getOrDefault(system, new ArrayDeque<>()));
  }
}
