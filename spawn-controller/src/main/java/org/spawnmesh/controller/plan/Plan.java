package org.spawnmesh.controller.plan;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;

/**
 * What to do now for one resource. Whatever part of it is done, or done twice, the next plan goes
 * on from there.
 *
 * @param <S> the resource's status
 * @param apply what is missing or differs, in this order
 * @param delete what is there and shall not be
 * @param status what the resource says when that is done
 */
public record Plan<S>(List<HasMetadata> apply, List<HasMetadata> delete, S status) {

  public Plan {
    apply = List.copyOf(apply);
    delete = List.copyOf(delete);
  }
}
