package org.spawnmesh.cluster;

import java.util.Collection;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.store.Incarnation;
import org.spawnmesh.store.View;

/**
 * What a view's details say: its members, where they are and what they host, and into how many
 * partitions a type is cut. Immutable.
 *
 * @param members by incarnation, ascending
 */
record Roster(long view, int partitions, SortedMap<Long, Member> members) {

  static Roster of(long view, int partitions, Collection<Member> members) {
    SortedMap<Long, Member> sorted = new TreeMap<>();
    members.forEach(member -> sorted.put(member.incarnation().number(), member));
    return new Roster(view, partitions, sorted);
  }

  /**
   * A view that has no details, because a standalone node raised it or nobody did, has no members
   * that could be reached.
   *
   * @param partitions if the view does not say
   * @throws IllegalArgumentException if the details are of another kind
   */
  static Roster of(View view, int partitions) {
    if (view.details().isEmpty()) {
      return new Roster(view.number(), partitions, new TreeMap<>());
    }
    String[] lines = view.details().split("\n");
    SortedMap<Long, Member> members = new TreeMap<>();
    for (int i = 1; i < lines.length; i++) {
      Member member = Member.parse(lines[i]);
      members.put(member.incarnation().number(), member);
    }
    return new Roster(view.number(), Integer.parseInt(lines[0]), members);
  }

  String details() {
    return partitions
        + "\n"
        + members.values().stream().map(Member::print).collect(Collectors.joining("\n"));
  }

  /** Whether it was read from this view, as far as number and members tell. */
  boolean isOf(View view) {
    return this.view == view.number()
        && members.size() == view.members().size()
        && view.members().stream().allMatch(this::has);
  }

  boolean has(Incarnation incarnation) {
    return members.containsKey(incarnation.number());
  }

  @Nullable Member member(Incarnation incarnation) {
    return members.get(incarnation.number());
  }
}
