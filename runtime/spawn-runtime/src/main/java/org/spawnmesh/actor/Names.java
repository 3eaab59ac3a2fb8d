package org.spawnmesh.actor;

/** What may stand in a name, so that every database keeps two different names apart. */
final class Names {

  private Names() {}

  /**
   * Refuses names that some database would fold together or cut: blank, too long, with control
   * characters, or with white space at an end (several collations ignore trailing blanks).
   */
  static void check(String what, String name, int maxLength) {
    int length = name.length();
    if (length == 0) {
      throw new IllegalArgumentException("The " + what + " name is empty");
    }
    if (length > maxLength) {
      throw new IllegalArgumentException(
          "The %s name has %d characters, more than %d: '%s…'"
              .formatted(what, length, maxLength, name.substring(0, 32)));
    }
    if (isBlank(name.charAt(0)) || isBlank(name.charAt(length - 1))) {
      throw new IllegalArgumentException(
          "The %s name '%s' begins or ends with white space".formatted(what, name));
    }
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      if (c < ' ' || c == 0x7f) {
        throw new IllegalArgumentException(
            "The %s name contains the control character U+%04X at %d".formatted(what, (int) c, i));
      }
    }
  }

  private static boolean isBlank(char c) {
    return c <= ' ' || Character.isSpaceChar(c);
  }
}
