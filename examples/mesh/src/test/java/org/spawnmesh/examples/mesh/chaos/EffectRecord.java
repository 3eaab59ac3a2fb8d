package org.spawnmesh.examples.mesh.chaos;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.spawnmesh.examples.mesh.chaos.ChaosNode.Heard;

/**
 * What tallies hold in the end, to be compared with what they have told to others: each ticket
 * once, nothing else, and those of one tally to one copy in the order in which it got them.
 */
final class EffectRecord {

  private record Pair(String tally, int copy) {}

  private final Map<String, List<Long>> tallies;
  private final Map<Integer, List<Heard>> copies = new HashMap<>();

  EffectRecord(Map<String, List<Long>> tallies) {
    this.tallies = tallies;
  }

  /** How many tickets must be heard of. */
  int tickets() {
    return tallies.values().stream().mapToInt(List::size).sum();
  }

  void heard(int copy, List<Heard> all) {
    copies.put(copy, all);
  }

  /** How many were heard of, twice or not. */
  int effects() {
    return copies.values().stream().mapToInt(List::size).sum();
  }

  /** What is wrong, in words. */
  List<String> compare() {
    Map<Pair, List<Long>> told = new HashMap<>();
    tallies.forEach(
        (tally, tickets) -> {
          for (Long ticket : tickets) {
            told.computeIfAbsent(new Pair(tally, copy(ticket)), pair -> new ArrayList<>())
                .add(ticket);
          }
        });
    Map<Pair, List<Long>> came = new HashMap<>();
    copies.forEach(
        (copy, all) -> {
          for (Heard heard : all) {
            came.computeIfAbsent(new Pair(heard.tally(), copy), pair -> new ArrayList<>())
                .add(heard.number());
          }
        });
    List<String> wrong = new ArrayList<>();
    told.forEach(
        (pair, tickets) -> {
          List<Long> heard = came.getOrDefault(pair, List.of());
          if (!heard.equals(tickets)) {
            wrong.add(
                "%s has told copy %d the tickets %s, which heard %s"
                    .formatted(pair.tally, pair.copy, tickets, heard));
          }
        });
    came.forEach(
        (pair, tickets) -> {
          if (!told.containsKey(pair)) {
            wrong.add(
                "copy %d heard %s of %s, which holds none of them"
                    .formatted(pair.copy, tickets, pair.tally));
          }
        });
    return wrong;
  }

  private static int copy(long ticket) {
    return (int) (ticket % ChaosNode.COPIES);
  }
}
