package org.spawnmesh.actor;

/** What may stand in a name, so that every database keeps two different names apart. */
final class Names {

  private Names() {}

  /**
   * Refuses names that some database would fold together or cut: blank, too long, with control
   * characters, with white space at an end (several collations ignore trailing blanks), or with
   * half a surrogate pair (which becomes a question mark in UTF-8).
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
    if (name.charAt(0) <= ' ' || name.charAt(length - 1) <= ' ') {
      throw new IllegalArgumentException(
          "The %s name '%s' begins or ends with white space".formatted(what, name));
    }
    for (int i = 0; i < length; i++) {
      char c = name.charAt(i);
      if (c < ' ' || c == 0x7f) {
        throw new IllegalArgumentException(
            "The %s name contains the control character U+%04X at %d".formatted(what, (int) c, i));
      }
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == length
            || !Character.isLowSurrogate(name.charAt(i + 1))) {
          throw new IllegalArgumentException(
              "The %s name contains half a character, U+%04X at %d".formatted(what, (int) c, i));
        }
        i++;
      }
    }
  }

  /** Refuses the characters that separate this part of an identity from the next when printed. */
  static void checkWithout(String what, String name, int maxLength, String separators) {
    check(what, name, maxLength);
    for (int i = 0; i < separators.length(); i++) {
      if (name.indexOf(separators.charAt(i)) >= 0) {
        throw new IllegalArgumentException(
            "The %s name '%s' contains '%s'".formatted(what, name, separators.charAt(i)));
      }
    }
  }
}
