package org.spawnmesh.controller;

import io.javaoperatorsdk.operator.Operator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.controller.leader.Leadership;
import org.spawnmesh.controller.reconcile.Controllers;

/** The controllers that run while this process leads. Thread-safe. */
final class Work {

  private final Supplier<Controllers> controllers;
  private volatile @Nullable Operator running;

  Work(Supplier<Controllers> controllers) {
    this.controllers = controllers;
  }

  /** Returns when all watches have told what there is. */
  AutoCloseable begin(Leadership.Term term) {
    Operator operator = controllers.get().begin(term::isLeading, term::broken);
    running = operator;
    return () -> {
      running = null;
      operator.stop();
    };
  }

  /** A controller that waits for its turn is healthy. */
  boolean isHealthy() {
    Operator operator = running;
    return operator == null || operator.getRuntimeInfo().allEventSourcesAreHealthy();
  }

  String unhealthy() {
    Operator operator = running;
    return operator == null
        ? ""
        : operator.getRuntimeInfo().unhealthyEventSources().keySet().toString();
  }
}
