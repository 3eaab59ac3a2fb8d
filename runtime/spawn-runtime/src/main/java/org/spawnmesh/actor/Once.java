package org.spawnmesh.actor;

import org.jspecify.annotations.Nullable;

/**
 * Which of a source's things an invocation is. An actor applies what comes from one source in the
 * order of its numbers, and each number at most once: one that is not greater than the last applied
 * is answered and not run. Immutable.
 *
 * @param source names the source for the actor that is called
 * @param number ascending
 */
public record Once(String source, long number) {

  /** How long a key may be that a caller chooses. */
  public static final int MAX_KEY_LENGTH = 255;

  private static final String KEY = "key:";
  private static final String FROM = "from:";
  private static final String ONE = "one:";
  private static final String KEY_PASSED_ON = "key>";

  /**
   * A call under a key that its caller chose: applied once, and answered the same again.
   *
   * @throws IllegalArgumentException if the key is empty, too long, or holds a control character
   */
  public static Once key(String key) {
    if (key.isBlank() || key.length() > MAX_KEY_LENGTH) {
      throw new IllegalArgumentException(
          "An idempotency key has 1 to %d characters, not %d"
              .formatted(MAX_KEY_LENGTH, key.length()));
    }
    if (key.chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("An idempotency key has no control characters");
    }
    return new Once(KEY + key, 1);
  }

  /** What an actor sends, in its order. */
  public static Once from(ActorId sender, long sequence) {
    return new Once(FROM + sender, sequence);
  }

  /** A single message of an actor, whatever it sent before and after. */
  public static Once alone(ActorId sender, long sequence) {
    return new Once(ONE + sequence + ":" + sender, 1);
  }

  /** The same message as one in its sender's order; null if this is none of {@link #alone}. */
  public @Nullable Once ordered() {
    if (!source.startsWith(ONE)) {
      return null;
    }
    int end = source.indexOf(':', ONE.length());
    return new Once(
        FROM + source.substring(end + 1), Long.parseLong(source, ONE.length(), end, 10));
  }

  /**
   * The same thing for whoever it is passed to by a pipe or a forward: neither that one's own nor
   * anybody else's.
   *
   * @param by who passes it on
   */
  public Once passedOn(ActorId by) {
    String who = by.toString();
    // with its length, because a name may contain anything
    return new Once(
        (isKey() ? KEY_PASSED_ON : "via:") + who.length() + ":" + who + ":" + source, number);
  }

  /** May the same thing be asked for again, to be answered the same? */
  public boolean isKey() {
    return source.startsWith(KEY) || source.startsWith(KEY_PASSED_ON);
  }

  /** The key alone, for people; the source if it is none. */
  @Override
  public String toString() {
    return isKey() ? source.substring(source.indexOf(KEY) + KEY.length()) : source + "#" + number;
  }
}
