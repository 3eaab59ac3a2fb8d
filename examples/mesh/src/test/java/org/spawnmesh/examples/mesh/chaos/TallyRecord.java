package org.spawnmesh.examples.mesh.chaos;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What callers were told about one tally, to be compared with what it holds in the end. A tally
 * only grows, so whatever anybody has ever seen of it is the beginning of what it holds.
 * Thread-safe.
 */
final class TallyRecord {

  /**
   * At some moment between {@code begun} and {@code ended} the tally had {@code count} tickets.
   *
   * @param ticket the last of them; 0 if there was none
   */
  private record Seen(int count, long ticket, long begun, long ended) {}

  private final List<Seen> seen = new ArrayList<>();
  private final Set<Long> notDone = new HashSet<>();
  private final Set<Long> unknown = new HashSet<>();
  private final Set<Long> added = new HashSet<>();

  synchronized void added(long ticket, int count, long begun, long ended) {
    added.add(ticket);
    seen.add(new Seen(count, ticket, begun, ended));
  }

  synchronized void notDone(long ticket) {
    notDone.add(ticket);
  }

  synchronized void unknown(long ticket) {
    unknown.add(ticket);
  }

  synchronized void seen(List<Long> tickets, long begun, long ended) {
    seen.add(new Seen(tickets.size(), tickets.isEmpty() ? 0 : tickets.getLast(), begun, ended));
  }

  /** What is wrong with it, in words. */
  synchronized List<String> compare(List<Long> tickets) {
    List<String> wrong = new ArrayList<>();
    Map<Long, Integer> times = new HashMap<>();
    tickets.forEach(ticket -> times.merge(ticket, 1, Integer::sum));
    times.forEach(
        (ticket, count) -> {
          if (count > 1) {
            wrong.add("ticket %d is there %d times".formatted(ticket, count));
          }
          if (notDone.contains(ticket)) {
            wrong.add(
                "ticket %d is there, though its caller heard that it is not".formatted(ticket));
          }
          if (!notDone.contains(ticket) && !unknown.contains(ticket) && !added.contains(ticket)) {
            wrong.add("ticket %d is nobody's".formatted(ticket));
          }
        });
    for (Long ticket : added) {
      if (!times.containsKey(ticket)) {
        wrong.add("ticket %d was acknowledged, and is lost".formatted(ticket));
      }
    }
    for (Seen each : seen) {
      for (Seen earlier : seen) {
        if (earlier.ended < each.begun && earlier.count > each.count) {
          wrong.add(
              "%d tickets were there, and later somebody saw %d"
                  .formatted(earlier.count, each.count));
        }
      }
      if (each.count == 0) {
        continue;
      }
      if (each.count > tickets.size() || tickets.get(each.count - 1) != each.ticket) {
        wrong.add(
            "somebody saw ticket %d at place %d, where it is not"
                .formatted(each.ticket, each.count));
      }
    }
    return wrong;
  }
}
