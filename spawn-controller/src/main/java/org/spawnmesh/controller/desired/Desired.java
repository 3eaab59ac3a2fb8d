package org.spawnmesh.controller.desired;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;

/**
 * What shall exist for a resource.
 *
 * @param objects in the order in which they are made; empty if something is wrong
 * @param ignored what the user wrote and has no effect, each with its reason
 * @param wrong why there are no objects, and what to do
 */
public record Desired(List<HasMetadata> objects, List<String> ignored, List<String> wrong) {

  public Desired {
    objects = List.copyOf(objects);
    ignored = List.copyOf(ignored);
    wrong = List.copyOf(wrong);
  }
}
