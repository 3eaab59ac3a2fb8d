package org.spawnmesh.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.Snapshot;

/**
 * What a node still waits for before the shards that a view has given to it are its own: a word
 * from every other member that it holds nothing of them (R7). Valid for exactly one view: a newer
 * one starts another, with nothing of this (R8, R9).
 *
 * <p>Confined to the mesh's loop.
 */
final class Acquisition {

  private final long view;

  /** Members that have not answered at all. */
  private final Set<Incarnation> silent = new HashSet<>();

  /** What members that have answered still hold. */
  private final Map<Incarnation, Set<Shard>> held = new HashMap<>();

  /** What this node itself has not finished since it lost it in an earlier view. */
  private final Set<Shard> unfinished;

  private final Map<Shard, List<Snapshot>> warm = new HashMap<>();

  Acquisition(long view, Collection<Incarnation> others, Collection<Shard> unfinished) {
    this.view = view;
    this.silent.addAll(others);
    this.unfinished = new HashSet<>(unfinished);
  }

  long view() {
    return view;
  }

  void cleared(Incarnation from, Collection<Shard> except) {
    silent.remove(from);
    if (except.isEmpty()) {
      held.remove(from);
    } else {
      held.put(from, new HashSet<>(except));
    }
  }

  void released(Incarnation from, Shard shard) {
    Set<Shard> rest = held.get(from);
    if (rest != null && rest.remove(shard) && rest.isEmpty()) {
      held.remove(from);
    }
  }

  void finished(Shard shard) {
    unfinished.remove(shard);
  }

  void warm(Shard shard, List<Snapshot> states) {
    warm.computeIfAbsent(shard, s -> new ArrayList<>()).addAll(states);
  }

  List<Snapshot> takeWarm(Shard shard) {
    List<Snapshot> states = warm.remove(shard);
    return states == null ? List.of() : states;
  }

  /** Has everybody said something? Before that no shard is free. */
  boolean isAnswered() {
    return silent.isEmpty();
  }

  /** Members that have not answered at all. */
  Set<Incarnation> silent() {
    return Set.copyOf(silent);
  }

  /** May the shard be opened? */
  boolean isFree(Shard shard) {
    if (!isAnswered() || unfinished.contains(shard)) {
      return false;
    }
    for (Set<Shard> rest : held.values()) {
      if (rest.contains(shard)) {
        return false;
      }
    }
    return true;
  }

  /** Whom to ask again. */
  Set<Incarnation> awaited() {
    Set<Incarnation> awaited = new TreeSet<>(Comparator.comparingLong(Incarnation::number));
    awaited.addAll(silent);
    awaited.addAll(held.keySet());
    return awaited;
  }
}
