package org.spawnmesh.actor;

/**
 * The whole identity of an actor; it is the key everywhere, never a hash of it. Immutable.
 *
 * <p>The lengths are bounded so that the three parts fit into one index key of every supported
 * database.
 *
 * @param type the actor's type, which names its system
 * @param name the actor's name, 1 to 255 characters, unique within the type
 */
public record ActorId(ActorType type, String name) {

  public static final int MAX_NAME_LENGTH = 255;

  public ActorId {
    Names.check("actor", name, MAX_NAME_LENGTH);
  }

  /**
   * @throws IllegalArgumentException if a part is empty, too long, has control characters or white
   *     space at an end
   */
  public static ActorId of(String system, String type, String name) {
    return new ActorId(new ActorType(system, type), name);
  }

  /** Parses what {@link #toString()} printed; the name may contain {@code /} and {@code :}. */
  public static ActorId parse(String text) {
    int colon = text.indexOf(':');
    int slash = text.indexOf('/', colon + 1);
    if (colon < 0 || slash < 0) {
      throw new IllegalArgumentException(
          "'%s' is not an actor id; expected system:type/name".formatted(text));
    }
    return of(
        text.substring(0, colon), text.substring(colon + 1, slash), text.substring(slash + 1));
  }

  public String system() {
    return type.system();
  }

  /**
   * To which of {@code count} parts of its type the actor belongs, from 0; the same on every node
   * and in every version.
   */
  public int partition(int count) {
    return partition(name, count);
  }

  /** As {@link #partition(int)}, of an actor with this name. */
  public static int partition(String name, int count) {
    // String.hashCode is specified, so all versions agree; the string keeps it, so it costs nothing
    return (int) Long.remainderUnsigned(Scatter.mix(name.hashCode()), count);
  }

  /** {@code type/name}: how the actor is called in messages within its own system. */
  public String shortName() {
    return type.name() + "/" + name;
  }

  /** {@code system:type/name}. */
  @Override
  public String toString() {
    return type + "/" + name;
  }
}
