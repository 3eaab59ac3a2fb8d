package org.spawnmesh.statestore.jdbc;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A table that a commit writes beside snapshots: its columns after {@code system}, which is the
 * first of every one. Immutable.
 *
 * @param keys how many of the columns are its key, together with {@code system}; they come first
 */
record Table(String name, int keys, List<Column> columns) {

  /** What a column holds. */
  enum Kind {
    TEXT,
    NUMBER,
    BYTES
  }

  record Column(String name, Kind kind) {}

  private static Column text(String name) {
    return new Column(name, Kind.TEXT);
  }

  private static Column number(String name) {
    return new Column(name, Kind.NUMBER);
  }

  private static Column bytes(String name) {
    return new Column(name, Kind.BYTES);
  }

  static Table outbox(Tables tables) {
    return new Table(tables.outbox(), 3, MESSAGE);
  }

  static Table deadLetter(Tables tables) {
    return new Table(
        tables.deadLetter(),
        3,
        Stream.concat(
                MESSAGE.stream(),
                Stream.of(
                    text("reason"),
                    text("message"),
                    text("execution"),
                    number("attempts"),
                    number("failed_at")))
            .toList());
  }

  private static final List<Column> MESSAGE =
      List.of(
          text("type"),
          text("name"),
          number("sequence"),
          number("ordered"),
          text("target"),
          text("action"),
          text("payload_type"),
          bytes("payload"),
          text("key_id"),
          text("metadata"));

  static Table reply(Tables tables) {
    return new Table(
        tables.reply(),
        3,
        List.of(
            text("type"),
            text("name"),
            text("source"),
            text("source_text"),
            number("number"),
            text("fingerprint"),
            text("answer_type"),
            bytes("answer"),
            text("key_id"),
            text("failure"),
            number("kept_until"),
            text("passed_to")));
  }

  static Table reminder(Tables tables) {
    return new Table(
        tables.reminder(),
        3,
        List.of(
            text("type"),
            text("name"),
            text("reminder"),
            number("slot"),
            text("action"),
            text("payload_type"),
            bytes("payload"),
            text("key_id"),
            text("metadata"),
            text("caller"),
            text("schedule"),
            text("zone"),
            text("catch_up"),
            number("due_at")));
  }

  List<Column> keyColumns() {
    return columns.subList(0, keys);
  }

  /** The columns in a statement: {@code type, name, …}. */
  String columnNames() {
    return columns.stream().map(Column::name).collect(Collectors.joining(", "));
  }

  /** {@code INSERT INTO … (system, …)}, without the rows. */
  String insertInto() {
    return "INSERT INTO " + name + " (system, " + columnNames() + ")";
  }

  /** The parameters of one row, {@code system} first: {@code (?, ?, …)}. */
  String parameters() {
    return "(" + "?, ".repeat(columns.size()) + "?)";
  }

  /** Deletes the row with one key; parameters are {@code system} and the key. */
  String delete() {
    return "DELETE FROM "
        + name
        + " WHERE system = ?"
        + keyColumns().stream()
            .map(column -> " AND " + column.name() + " = ?")
            .collect(Collectors.joining());
  }

  /** Selects all columns of rows of one system: their order is that of {@link #columns}. */
  String select() {
    return "SELECT " + columnNames() + " FROM " + name + " WHERE system = ?";
  }

  /** Where this column is in a row of {@link #select}, from 1. */
  int index(String column) {
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).name().equals(column)) {
        return i + 1;
      }
    }
    throw new IllegalArgumentException(name + " has no column " + column);
  }

  /**
   * Sets {@code count} parameters from {@code first} on to the first values of the row; returns the
   * next parameter.
   */
  int bind(PreparedStatement statement, int first, @Nullable Object[] row, int count)
      throws SQLException {
    int at = first;
    for (int i = 0; i < count; i++) {
      Object value = row[i];
      switch (columns.get(i).kind()) {
        case TEXT -> statement.setString(at, (String) value);
        case NUMBER -> statement.setLong(at, number(value));
        case BYTES -> statement.setBytes(at, (byte[]) value);
      }
      at++;
    }
    return at;
  }

  /** No column of numbers is nullable. */
  static long number(@Nullable Object value) {
    if (value == null) {
      throw new IllegalArgumentException("A number is missing");
    }
    return (long) value;
  }
}
