package org.spawnmesh.statestore.jdbc;

import java.util.ArrayList;
import java.util.List;
import org.spawnmesh.store.WriterId;

/**
 * A commit as rows. Immutable.
 *
 * @param number the writer's batch number that this commit takes
 * @param rows sorted by {@link Row#BY_KEY}
 * @param writes what else is written, in this order; not empty if there are no rows
 */
record Batch(String system, WriterId writer, long number, List<Row> rows, List<TableWrite> writes) {

  /** What became of an attempt to write a batch. */
  enum Verdict {
    /** Every row matched; it is durable as soon as the transaction is. */
    WRITTEN,
    /** The writer may not commit, or this is not its next batch. */
    FENCED,
    /** At least one row's stored revision is not the expected one. */
    STALE
  }

  /** Rows of actors that were never saved. */
  List<Row> newRows() {
    return rows.stream().filter(Row::isNew).toList();
  }

  List<Row> changedRows() {
    return rows.stream().filter(row -> !row.isNew()).toList();
  }

  /** Rows that go into the history too; usually none, so this allocates nothing then. */
  List<Row> historyRows() {
    List<Row> kept = List.of();
    for (Row row : rows) {
      if (row.history() > 0) {
        if (kept.isEmpty()) {
          kept = new ArrayList<>(rows.size());
        }
        kept.add(row);
      }
    }
    return kept;
  }

  /** Cuts {@code rows} so that no part has more rows, or noticeably more bytes, than allowed. */
  static List<List<Row>> parts(List<Row> rows, int maxRows, int maxBytes) {
    List<List<Row>> parts = new ArrayList<>(rows.size() / maxRows + 1);
    int from = 0;
    int bytes = 0;
    for (int i = 0; i < rows.size(); i++) {
      int size = rows.get(i).size();
      if (i > from && (i - from == maxRows || bytes + size > maxBytes)) {
        parts.add(rows.subList(from, i));
        from = i;
        bytes = 0;
      }
      bytes += size;
    }
    if (from < rows.size()) {
      parts.add(rows.subList(from, rows.size()));
    }
    return parts;
  }
}
