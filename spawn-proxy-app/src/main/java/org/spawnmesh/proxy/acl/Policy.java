package org.spawnmesh.proxy.acl;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;

/**
 * One policy: whom it means, and whether it allows or denies. Immutable.
 *
 * <p>It means a call if the caller's system, the caller's name and the action are all among those
 * named. A caller from outside the mesh has neither system nor name: only {@code *} means it.
 *
 * @param effect what happens to the calls it means
 */
record Policy(Effect effect, Set<String> systems, Set<String> actors, Set<String> actions) {

  static final String ANY = "*";

  /** What a policy does. */
  enum Effect {
    ALLOW,
    DENY
  }

  boolean means(@Nullable ActorId caller, String action) {
    return meansOne(systems, caller == null ? null : caller.system())
        && meansOne(actors, caller == null ? null : caller.name())
        && meansOne(actions, action);
  }

  private static boolean meansOne(Set<String> named, @Nullable String one) {
    return named.contains(ANY) || (one != null && named.contains(one));
  }
}
