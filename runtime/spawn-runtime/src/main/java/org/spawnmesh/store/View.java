package org.spawnmesh.store;

import java.util.Set;

/**
 * Who is a member of the mesh.
 *
 * @param number raised by one with each view; never goes back
 */
public record View(long number, Set<Incarnation> members) {

  public View {
    members = Set.copyOf(members);
  }
}
