package org.spawnmesh.controller.plan;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The conditions of a status, as they are written anew. Confined. */
public final class Conditions {

  private static final String UNDERSTOOD = "Understood";

  private final @Nullable List<Condition> before;
  private final @Nullable Long generation;
  private final Instant now;
  private final List<Condition> all = new ArrayList<>();

  /**
   * @param before those that the resource has; null for none
   * @param now when those that change have changed
   */
  public Conditions(@Nullable List<Condition> before, @Nullable Long generation, Instant now) {
    this.before = before;
    this.generation = generation;
    this.now = now;
  }

  public Conditions set(String type, boolean value, String reason, String message) {
    String status = value ? "True" : "False";
    all.add(
        new ConditionBuilder()
            .withType(type)
            .withStatus(status)
            .withReason(reason)
            .withMessage(message)
            .withObservedGeneration(generation)
            .withLastTransitionTime(since(type, status))
            .build());
    return this;
  }

  /** Whether everything that the user wrote has an effect. */
  Conditions understood(List<String> ignored) {
    return ignored.isEmpty()
        ? set(UNDERSTOOD, true, "Everything", "All that is written has its effect.")
        : set(UNDERSTOOD, false, "Ignored", "Without effect: " + String.join("; ", ignored) + ".");
  }

  private String since(String type, String status) {
    if (before != null) {
      for (Condition condition : before) {
        if (type.equals(condition.getType()) && status.equals(condition.getStatus())) {
          return condition.getLastTransitionTime();
        }
      }
    }
    return now.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  public List<Condition> list() {
    return List.copyOf(all);
  }
}
