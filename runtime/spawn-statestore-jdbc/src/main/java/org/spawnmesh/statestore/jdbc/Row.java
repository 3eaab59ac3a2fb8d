package org.spawnmesh.statestore.jdbc;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.store.Cause;
import org.spawnmesh.store.Snapshot;

/**
 * A change as its columns hold it: encoded, and sealed if there is a key. Immutable; nobody changes
 * the array.
 *
 * @param expected the revision that must be stored now
 * @param state null together with {@code stateType} if the actor was erased
 * @param keyId the key that sealed {@code state}, or null if it is open
 * @param tags a JSON object, or null if there are none
 * @param history how many revisions to keep at least; 0 for no history
 */
record Row(
    String type,
    String name,
    long revision,
    long expected,
    @Nullable String stateType,
    byte @Nullable [] state,
    @Nullable String keyId,
    @Nullable String tags,
    Cause cause,
    int history) {

  /** All writers lock rows in this order, so that they cannot wait for each other in a circle. */
  static final Comparator<Row> BY_KEY =
      (a, b) -> {
        int byType = a.type.compareTo(b.type);
        return byType != 0 ? byType : a.name.compareTo(b.name);
      };

  boolean isNew() {
    return expected == Snapshot.NEVER_SAVED;
  }

  /**
   * Is it time to delete old revisions? Not at each change, because that costs more than keeping a
   * quarter too many.
   */
  boolean trimsHistory() {
    int step = Math.max(1, history / 4);
    return revision / step != expected / step;
  }

  /** About how much of a statement this row takes. */
  int size() {
    return 200 + (state == null ? 0 : state.length) + (tags == null ? 0 : tags.length());
  }
}
