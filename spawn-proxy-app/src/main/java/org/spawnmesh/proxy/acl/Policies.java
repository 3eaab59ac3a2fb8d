package org.spawnmesh.proxy.acl;

import org.spawnmesh.actor.Invocation;

/** Who may call what. Immutable. */
public interface Policies {

  /** Nobody is refused. */
  Policies NONE = invocation -> {};

  /**
   * @throws org.spawnmesh.actor.SpawnException with ACCESS_DENIED if the caller may not
   */
  void check(Invocation invocation);
}
