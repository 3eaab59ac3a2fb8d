package org.spawnmesh.runtime;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.store.OutboxEntry;

/**
 * What one actor has sent to one target, or one message alone, and how it went with the first of
 * it. The entries are guarded by the sender; the rest is touched by whoever sends the first.
 */
final class Lane {

  private static final Duration FIRST_RETRY = Duration.ofMillis(100);
  static final Duration LAST_RETRY = Duration.ofSeconds(60);

  final Object target;
  final Deque<OutboxEntry> entries = new ArrayDeque<>();

  private volatile int attempts;

  /** An attempt may have been applied, and its target has not been heard of since. */
  private volatile boolean unsure;

  Lane(Object target) {
    this.target = target;
  }

  boolean holds(OutboxEntry.Key key) {
    return entries.stream().anyMatch(entry -> entry.key().equals(key));
  }

  void failed(Failure why) {
    attempts++;
    unsure =
        switch (why.execution()) {
          case UNKNOWN -> true;
          case EXECUTED -> false; // the target knew what it had applied, and it was not this
          case NOT_EXECUTED -> unsure;
        };
  }

  /** The first one is done with. */
  void next() {
    entries.poll();
    attempts = 0;
    unsure = false;
  }

  int attempts() {
    return attempts;
  }

  boolean isUnsure() {
    return unsure;
  }

  /** Until the next attempt. */
  Duration pause() {
    Duration doubled = FIRST_RETRY.multipliedBy(1L << Math.min(attempts - 1, 20));
    return doubled.compareTo(LAST_RETRY) > 0 ? LAST_RETRY : doubled;
  }

  /** Would the same message fail the same way again? */
  static boolean isHopeless(Failure why) {
    return switch (why.code()) {
      case UNKNOWN_ACTION,
          INVALID_NAME,
          PAYLOAD_UNREADABLE,
          PAYLOAD_TOO_LARGE,
          REQUEST_INVALID,
          ACCESS_DENIED,
          REPLY_INVALID,
          STATE_TOO_LARGE ->
          why.execution() != Execution.UNKNOWN;
      default -> false;
    };
  }
}
