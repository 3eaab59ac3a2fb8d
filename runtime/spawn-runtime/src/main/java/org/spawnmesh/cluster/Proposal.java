package org.spawnmesh.cluster;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.spawnmesh.store.Incarnation;

/**
 * The next view, as a leader would raise it. Decided from values alone. Immutable.
 *
 * @param members of the next view
 * @param doubtful members that the coordination service does not show any more: they stay until a
 *     probe has said whether they are there
 * @param urgent whether somebody is gone: then nobody waits for more changes
 */
record Proposal(List<Member> members, List<Member> doubtful, boolean urgent) {

  /**
   * The proposal of a leader.
   *
   * <p>A service that forgot its members must not cost the mesh its nodes: who is not visible, but
   * known to be there, stays. Who hosts nothing wanted to leave.
   *
   * @param now the current view
   * @param live who is visible
   * @param there members that a probe has found there, a moment ago
   * @param gone nodes that surely are not there, or are to be evicted
   * @param self the leader; it is a member in any case
   */
  static Proposal of(
      Roster now,
      Map<Incarnation, Member> live,
      Set<Incarnation> there,
      Set<Incarnation> gone,
      Member self) {
    List<Member> members = new ArrayList<>();
    List<Member> doubtful = new ArrayList<>();
    boolean urgent = false;
    for (Member visible : live.values()) {
      if (!gone.contains(visible.incarnation())
          && !visible.incarnation().equals(self.incarnation())) {
        members.add(visible);
      }
    }
    members.add(self);
    for (Member member : now.members().values()) {
      Incarnation incarnation = member.incarnation();
      if (incarnation.equals(self.incarnation())) {
        continue;
      }
      if (gone.contains(incarnation)) {
        urgent = true;
      } else if (!live.containsKey(incarnation)) {
        if (member.hosted().isEmpty()) {
          urgent = true;
        } else {
          members.add(member);
          if (!there.contains(incarnation)) {
            doubtful.add(member);
          }
        }
      }
    }
    return new Proposal(members, doubtful, urgent);
  }

  /** The proposal of a member that acts because the leader is gone: nobody comes, some go. */
  static Proposal without(Roster now, Collection<Incarnation> gone) {
    List<Member> members = new ArrayList<>(now.members().values());
    members.removeIf(member -> gone.contains(member.incarnation()));
    return new Proposal(members, List.of(), true);
  }

  /** Would the view be the same? */
  boolean isLike(Roster now) {
    return Roster.of(now.view(), now.partitions(), members).equals(now);
  }
}
