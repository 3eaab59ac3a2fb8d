package org.spawnmesh.proxy.acl;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.SpawnException;

/**
 * Who may call what. A call that a DENY policy means is denied, whatever else there is; any other
 * is allowed if an ALLOW policy means it, or if there is no ALLOW policy. Immutable.
 *
 * @param all the policies
 * @param origin where they came from, for messages
 */
public record Policies(List<Policy> all, String origin) {

  public static final Policies NONE = new Policies(List.of(), "no file");

  public Policies {
    all = List.copyOf(all);
  }

  /**
   * @throws SpawnException with {@link FailureCode#ACCESS_DENIED} if the caller may not; nobody was
   *     called
   */
  public void check(Invocation invocation) {
    check(invocation.caller(), invocation.actor().shortName(), invocation.action());
  }

  /**
   * The same, when it is not known yet who is called: policies do not ask.
   *
   * @param caller null for a caller from outside the mesh
   * @param actor for the message
   */
  public void check(@Nullable ActorId caller, String actor, String action) {
    if (!allows(caller, action)) {
      throw new SpawnException(
          Failure.notExecuted(
              FailureCode.ACCESS_DENIED,
              "%s.%s is denied to %s by the policies in %s"
                  .formatted(actor, action, words(caller), origin)));
    }
  }

  /**
   * @param caller null for a caller from outside the mesh
   */
  public boolean allows(@Nullable ActorId caller, String action) {
    boolean allowedByDefault = true;
    boolean allowed = false;
    for (Policy policy : all) {
      boolean means = policy.means(caller, action);
      switch (policy.effect()) {
        case DENY -> {
          if (means) {
            return false;
          }
        }
        case ALLOW -> {
          allowedByDefault = false;
          allowed |= means;
        }
      }
    }
    return allowed || allowedByDefault;
  }

  private static String words(@Nullable ActorId caller) {
    return caller == null ? "callers from outside" : caller.toString();
  }
}
