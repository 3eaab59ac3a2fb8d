package org.spawnmesh.actor;

/**
 * What becomes of the times of a reminder that passed while nobody could keep them. A time is
 * missed if the next one has come, too, or if it is over for longer than the node's grace.
 */
public sealed interface CatchUp {

  /** What was missed stays undone. */
  record Skip() implements CatchUp {}

  /** Once for all that was missed, in the name of the last of them. */
  record One() implements CatchUp {}

  /**
   * Each of them in order, but never more than the last {@code max}.
   *
   * @param max from 1 to {@link #MOST}
   */
  record All(int max) implements CatchUp {

    public static final int MOST = 1_000;

    public All {
      if (max < 1 || max > MOST) {
        throw new IllegalArgumentException(
            "A reminder cannot make up for %d missed times; possible is 1 to %d"
                .formatted(max, MOST));
      }
    }
  }

  CatchUp SKIP = new Skip();
  CatchUp ONE = new One();

  static CatchUp all(int max) {
    return new All(max);
  }

  /** Text that {@link #parse} turns into an equal policy. */
  default String text() {
    return switch (this) {
      case Skip skip -> "SKIP";
      case One one -> "ONE";
      case All all -> "ALL(" + all.max + ")";
    };
  }

  /**
   * @throws IllegalArgumentException if it is not the text of a policy
   */
  static CatchUp parse(String text) {
    return switch (text) {
      case "SKIP" -> SKIP;
      case "ONE" -> ONE;
      default -> {
        if (!text.startsWith("ALL(") || !text.endsWith(")")) {
          throw new IllegalArgumentException(
              "'%s' is no catch-up policy; those are SKIP, ONE and ALL(n)".formatted(text));
        }
        yield all(Integer.parseInt(text, 4, text.length() - 1, 10));
      }
    };
  }
}
