package org.spawnmesh.statestore.jdbc;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a commit does to one table beside snapshots. Immutable; nobody changes the arrays.
 *
 * @param rows values in the order of the table's columns; of a deletion the key only
 */
record TableWrite(Table table, Mode mode, List<@Nullable Object[]> rows) {

  /** What is done with the rows. */
  enum Mode {
    /** They are new. */
    INSERT,
    /** They are there afterwards, whether or not others with their keys were. */
    REPLACE,
    /** Those with these keys are gone afterwards, if they were there. */
    DELETE
  }

  /** About how much of a statement a row takes. */
  static int size(@Nullable Object[] row) {
    int size = 200;
    for (Object value : row) {
      if (value instanceof byte[] bytes) {
        size += bytes.length;
      } else if (value instanceof String text) {
        size += text.length();
      }
    }
    return size;
  }

  /** How many bytes a row takes at most in a statement that escapes what has to be escaped. */
  static long escapedSize(@Nullable Object[] row) {
    long size = 200;
    for (Object value : row) {
      if (value instanceof byte[] bytes) {
        size += 2L * bytes.length;
      } else if (value instanceof String text) {
        size += 2L * text.getBytes(StandardCharsets.UTF_8).length;
      }
    }
    return size;
  }
}
