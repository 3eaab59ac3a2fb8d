package org.spawnmesh.proxy.wire;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Text from outside that may stand in one line of a log. */
public final class Printable {

  /** Control characters, and what else begins a new line or turns its direction. */
  private static final Pattern UNSEEN =
      Pattern.compile("[\\p{Cc}\\p{Zl}\\p{Zp}\\x{202A}-\\x{202E}\\x{2066}-\\x{2069}]");

  private static final int LONGEST = 200;

  private Printable() {}

  /** With escapes for what cannot be seen, and not too long. */
  public static String of(String text) {
    String shown = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
    return UNSEEN.matcher(shown).replaceAll(Printable::escape);
  }

  private static String escape(MatchResult unseen) {
    // twice: a replacement has escapes of its own
    return "\\\\u%04x".formatted((int) unseen.group().charAt(0));
  }

  /**
   * @param what the text is, for the message
   * @return the text
   * @throws IllegalArgumentException if it has control characters: it stands in messages and logs
   */
  public static String require(String what, String text) {
    if (!text.chars().allMatch(c -> c >= ' ' && c <= '~') && UNSEEN.matcher(text).find()) {
      throw new IllegalArgumentException(
          "The %s '%s' has control characters".formatted(what, of(text)));
    }
    return text;
  }
}
