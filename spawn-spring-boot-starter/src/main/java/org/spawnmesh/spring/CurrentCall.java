package org.spawnmesh.spring;

import org.jspecify.annotations.Nullable;
import org.spawnmesh.host.HostCall;
import org.spawnmesh.host.HostReply;

/**
 * The call that the current thread serves: while a bean's method runs, calls to other actors are
 * made in its name.
 */
final class CurrentCall {

  /** Stays with its thread: several turns run on one, and removing costs more than the turn. */
  private static final class Slot {
    @Nullable HostCall call;
  }

  private static final ThreadLocal<@Nullable Slot> CURRENT = new ThreadLocal<>();

  private CurrentCall() {}

  static @Nullable HostCall get() {
    Slot slot = CURRENT.get();
    return slot == null ? null : slot.call;
  }

  /** Runs {@code turn} in the name of {@code call}. */
  static HostReply during(HostCall call, Turn turn) throws Throwable {
    Slot slot = CURRENT.get();
    if (slot == null) {
      slot = new Slot();
      CURRENT.set(slot);
    }
    HostCall outer = slot.call;
    slot.call = call;
    try {
      return turn.run();
    } finally {
      slot.call = outer;
    }
  }

  /** What runs in the name of a call. */
  @FunctionalInterface
  interface Turn {
    HostReply run() throws Throwable;
  }
}
