package org.spawnmesh.statestore.jdbc;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tags as a JSON object of strings, so that a person, and the database's own JSON functions, can
 * read the column. Reads exactly what it writes, white space apart.
 */
final class TagsJson {

  private final String text;
  private int at;

  private TagsJson(String text) {
    this.text = text;
  }

  /** Null if there are no tags. */
  static @Nullable String write(Map<String, String> tags) {
    if (tags.isEmpty()) {
      return null;
    }
    StringBuilder json = new StringBuilder(32 * tags.size()).append('{');
    tags.forEach(
        (name, value) -> {
          if (json.length() > 1) {
            json.append(',');
          }
          quote(json, name);
          json.append(':');
          quote(json, value);
        });
    return json.append('}').toString();
  }

  static void quote(StringBuilder json, String value) {
    json.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < ' ' || Character.isSurrogate(c)) {
        // Escaped surrogates survive every database's character set, also when they are unpaired.
        json.append("\\u%04x".formatted((int) c));
      } else {
        json.append(c);
      }
    }
    json.append('"');
  }

  /**
   * @throws IllegalArgumentException if the text is not what {@link #write} writes
   */
  static Map<String, String> read(@Nullable String text) {
    return text == null ? Map.of() : new TagsJson(text).object();
  }

  private Map<String, String> object() {
    Map<String, String> tags = new HashMap<>();
    expect('{');
    do {
      String name = string();
      expect(':');
      tags.put(name, string());
    } while (found(','));
    expect('}');
    skipSpace();
    if (at < text.length()) {
      throw unexpected();
    }
    return Map.copyOf(tags);
  }

  private String string() {
    expect('"');
    StringBuilder value = new StringBuilder();
    while (true) {
      char c = next();
      if (c == '"') {
        return value.toString();
      }
      value.append(c == '\\' ? escaped() : c);
    }
  }

  private char escaped() {
    char c = next();
    if (c == 'u') {
      if (at + 4 > text.length()) {
        throw unexpected();
      }
      int code = Integer.parseInt(text, at, at + 4, 16);
      at += 4;
      return (char) code;
    }
    if (c == '"' || c == '\\' || c == '/') {
      return c;
    }
    throw unexpected();
  }

  private void expect(char c) {
    if (!found(c)) {
      throw unexpected();
    }
  }

  private boolean found(char c) {
    skipSpace();
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private void skipSpace() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  private char next() {
    if (at == text.length()) {
      throw unexpected();
    }
    return text.charAt(at++);
  }

  private IllegalArgumentException unexpected() {
    return new IllegalArgumentException("The tags are not a JSON object of strings, at " + at);
  }
}
