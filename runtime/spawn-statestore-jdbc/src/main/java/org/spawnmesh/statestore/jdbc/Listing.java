package org.spawnmesh.statestore.jdbc;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.store.StateStore.Listed;

/**
 * Pages through the stored actors of a type by the primary key: what a page costs does not depend
 * on how many there are, nor on how far it is from the first. Thread-safe.
 */
final class Listing {

  private final Tables tables;
  private final Dialect dialect;
  private final String system;

  Listing(Tables tables, Dialect dialect, String system) {
    this.tables = tables;
    this.dialect = dialect;
    this.system = system;
  }

  List<Listed> list(
      Connection connection, ActorType type, String prefix, @Nullable String after, int limit)
      throws SQLException {
    boolean onward = after != null && after.startsWith(prefix);
    if (after != null && !onward && after.compareTo(prefix) > 0) {
      return List.of(); // behind all that begin with the prefix
    }
    String from = onward ? after : prefix;
    String end = behind(prefix);
    String sql =
        "SELECT name, revision, state_type, tags FROM %s WHERE system = ? AND type = ? AND name %s ?%s ORDER BY name%s"
            .formatted(
                tables.snapshot(),
                onward ? ">" : ">=",
                end == null ? "" : " AND name < ?",
                dialect.firstRows(limit));
    List<Listed> page = new ArrayList<>();
    try (PreparedStatement select = connection.prepareStatement(sql)) {
      select.setMaxRows(limit);
      select.setString(1, system);
      select.setString(2, type.name());
      select.setString(3, from);
      if (end != null) {
        select.setString(4, end);
      }
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          page.add(
              new Listed(
                  rows.getString(1),
                  rows.getLong(2),
                  rows.getString(3),
                  TagsJson.read(rows.getString(4))));
        }
      }
    }
    return page;
  }

  /**
   * The first name behind all names that begin with the prefix, whether names are compared by code
   * point or by UTF-16 unit; null if there is none.
   */
  static @Nullable String behind(String prefix) {
    for (int end = prefix.length(); end > 0; ) {
      int last = prefix.codePointBefore(end);
      int start = end - Character.charCount(last);
      // U+D800 to U+DFFF are no characters, and where the two orders differ nothing is sure
      if (last < Character.MIN_SURROGATE - 1) {
        return prefix.substring(0, start) + Character.toString(last + 1);
      }
      end = start;
    }
    return null;
  }
}
