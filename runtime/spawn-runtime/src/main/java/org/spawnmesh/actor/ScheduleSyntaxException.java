package org.spawnmesh.actor;

/** A schedule's text that cannot be understood, or that plans nothing. */
public final class ScheduleSyntaxException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  private final String text;
  private final int position;

  ScheduleSyntaxException(String text, int position, String why) {
    super("'%s', position %d: %s".formatted(text, position + 1, why));
    this.text = text;
    this.position = position;
  }

  /** What was read. */
  public String text() {
    return text;
  }

  /**
   * Index in {@link #text} of the character where the error begins; its length if one is missing.
   */
  public int position() {
    return position;
  }
}
