package org.spawnmesh.examples.mesh.chaos;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.sql.DataSource;

/** Who is out, as the database says it, and whether they keep out. Thread-safe. */
final class Fences {

  /** As {@code spawn_writer.state} says it. */
  private static final int MEMBER = 1;

  private static final int FENCED = 2;

  private record Writer(long incarnation, int number) {}

  private final DataSource database;
  private final Map<Writer, Long> batches = new ConcurrentHashMap<>();

  Fences(DataSource database) {
    this.database = database;
  }

  /** Can the newest life of the node commit nothing, as far as the database is concerned? */
  boolean isOut(String node) {
    try (Connection connection = database.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                """
                select w.state from spawn_node n
                join spawn_writer w on w.system = n.system and w.incarnation = n.incarnation
                where n.name = ? order by n.incarnation desc limit 1\
                """)) {
      select.setString(1, node);
      try (ResultSet row = select.executeQuery()) {
        return row.next() && row.getInt(1) != MEMBER;
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Remembers the last batch of all who are fenced. */
  void note() {
    fenced().forEach(batches::putIfAbsent);
  }

  /** What those who were fenced have committed since, in words. */
  List<String> wrong() {
    List<String> wrong = new ArrayList<>();
    fenced()
        .forEach(
            (writer, now) -> {
              long then = batches.getOrDefault(writer, now);
              if (now != then) {
                wrong.add(
                    "%s was fenced at batch %d, and committed %d".formatted(writer, then, now));
              }
            });
    return wrong;
  }

  private Map<Writer, Long> fenced() {
    Map<Writer, Long> fenced = new ConcurrentHashMap<>();
    try (Connection connection = database.getConnection();
        PreparedStatement select =
            connection.prepareStatement(
                "select incarnation, writer, batch from spawn_writer where state = ?")) {
      select.setInt(1, FENCED);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          fenced.put(new Writer(row.getLong(1), row.getInt(2)), row.getLong(3));
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return fenced;
  }
}
