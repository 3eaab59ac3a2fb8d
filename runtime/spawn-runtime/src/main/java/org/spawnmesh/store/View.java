package org.spawnmesh.store;

import java.util.Set;

/**
 * Who is a member of the mesh.
 *
 * @param number raised by one with each view; never goes back
 * @param details what whoever raised it wants all to know; the store keeps it and never looks
 *     inside
 */
public record View(long number, Set<Incarnation> members, String details) {

  public View {
    members = Set.copyOf(members);
  }

  /** A view without details. */
  public View(long number, Set<Incarnation> members) {
    this(number, members, "");
  }

  /** Whether both are the same view, whatever is known of its details. */
  public boolean isSameAs(View other) {
    return number == other.number && members.equals(other.members);
  }
}
