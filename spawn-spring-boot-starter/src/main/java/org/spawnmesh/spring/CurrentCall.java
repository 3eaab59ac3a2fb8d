package org.spawnmesh.spring;

import org.jspecify.annotations.Nullable;
import org.spawnmesh.host.HostCall;

/**
 * The call that the current thread serves: while a bean's method runs, calls to other actors are
 * made in its name.
 */
final class CurrentCall {

  private static final ThreadLocal<@Nullable HostCall> CURRENT = new ThreadLocal<>();

  private CurrentCall() {}

  static @Nullable HostCall get() {
    return CURRENT.get();
  }

  /** Returns what is to be {@link #exit restored}. */
  static @Nullable HostCall enter(HostCall call) {
    HostCall outer = CURRENT.get();
    CURRENT.set(call);
    return outer;
  }

  static void exit(@Nullable HostCall outer) {
    if (outer == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(outer);
    }
  }
}
