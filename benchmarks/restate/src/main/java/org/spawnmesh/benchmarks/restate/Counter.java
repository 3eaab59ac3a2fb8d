package org.spawnmesh.benchmarks.restate;

import dev.restate.sdk.ObjectContext;
import dev.restate.sdk.SharedObjectContext;
import dev.restate.sdk.annotation.Handler;
import dev.restate.sdk.annotation.Shared;
import dev.restate.sdk.annotation.VirtualObject;
import dev.restate.sdk.common.StateKey;

/** The counter as Restate's documentation writes such a thing; its state is in Restate. */
@VirtualObject
public class Counter {

  private static final StateKey<Long> VALUE = StateKey.of("value", Long.class);
  private static final StateKey<String> LABEL = StateKey.of("label", String.class);

  /** Durable before the answer. */
  @Handler
  public long add(ObjectContext context, long n) {
    long next = context.get(VALUE).orElse(0L) + n;
    context.set(VALUE, next);
    context.set(LABEL, "updated");
    return next;
  }

  /** Reads only. */
  @Shared
  @Handler
  public long get(SharedObjectContext context) {
    return context.get(VALUE).orElse(0L);
  }
}
