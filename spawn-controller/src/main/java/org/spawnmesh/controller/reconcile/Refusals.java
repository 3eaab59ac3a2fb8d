package org.spawnmesh.controller.reconcile;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Failures that trying again does not mend: somebody must hear of them. */
record Refusals(String reason, String message) {

  /** Not found is a kind that is not installed; objects are never missing when they are applied. */
  private static final Set<Integer> FOR_GOOD = Set.of(400, 403, 404, 422);

  /** Null if it may go better the next time. */
  static @Nullable Refusals of(RuntimeException failure) {
    if (failure instanceof ApiObjects.NameTakenException taken) {
      return new Refusals("NameTaken", String.valueOf(taken.getMessage()));
    }
    if (failure instanceof KubernetesClientException refused
        && FOR_GOOD.contains(refused.getCode())) {
      String words =
          refused.getStatus() == null || refused.getStatus().getMessage() == null
              ? String.valueOf(refused.getMessage())
              : refused.getStatus().getMessage();
      return new Refusals("Refused", "Kubernetes refuses: " + words);
    }
    return null;
  }
}
