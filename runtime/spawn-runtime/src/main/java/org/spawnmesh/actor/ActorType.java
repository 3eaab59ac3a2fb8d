package org.spawnmesh.actor;

/**
 * A kind of actor in one actor system, for example {@code shop:Cart}. Immutable.
 *
 * @param system name of the actor system, 1 to 63 characters without {@code :} and {@code /}
 * @param name name of the type, 1 to 127 characters without {@code /}
 */
public record ActorType(String system, String name) {

  public static final int MAX_SYSTEM_LENGTH = 63;
  public static final int MAX_NAME_LENGTH = 127;

  public ActorType {
    Names.checkWithout("actor system", system, MAX_SYSTEM_LENGTH, ":/");
    Names.checkWithout("actor type", name, MAX_NAME_LENGTH, "/");
  }

  /** {@code system:type}. */
  @Override
  public String toString() {
    return system + ":" + name;
  }
}
