package org.spawnmesh.controller.plan;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The objects that are desired beside those that are there.
 *
 * @param apply what is missing or differs
 * @param delete what is there and shall not be
 */
record Objects(List<HasMetadata> apply, List<HasMetadata> delete) {

  static Objects of(List<HasMetadata> desired, List<HasMetadata> actual) {
    Map<Key, HasMetadata> there = new HashMap<>();
    actual.forEach(object -> there.put(Key.of(object), object));
    Set<Key> wanted = new HashSet<>();
    List<HasMetadata> apply = new ArrayList<>();
    List<HasMetadata> delete = new ArrayList<>();
    for (HasMetadata object : desired) {
      HasMetadata before = there.get(Key.of(object));
      wanted.add(Key.of(object));
      if (mustBeMadeAnew(object, before)) {
        // The next plan makes it, when this one is gone.
        delete.add(before);
      } else if (!(isKept(object) && before != null)) {
        HasMetadata stamped = Drift.stamped(object);
        if (!Drift.isAsDesired(stamped, before)) {
          apply.add(stamped);
        }
      }
    }
    for (HasMetadata object : actual) {
      if (!wanted.contains(Key.of(object)) && !isKept(object)) {
        delete.add(object);
      }
    }
    delete.removeIf(Objects::isGoing);
    return new Objects(apply, delete);
  }

  /** A volume's claim is made once, and never changed or deleted: actors are in it. */
  private static boolean isKept(HasMetadata object) {
    return object instanceof PersistentVolumeClaim;
  }

  private static boolean isGoing(HasMetadata object) {
    return object.getMetadata().getDeletionTimestamp() != null;
  }

  /** A deployment's selector cannot be changed: the host moved to another system. */
  private static boolean mustBeMadeAnew(HasMetadata desired, @Nullable HasMetadata before) {
    return desired instanceof Deployment next
        && before instanceof Deployment last
        && !next.getSpec().getSelector().equals(last.getSpec().getSelector());
  }

  private record Key(String kind, String name) {

    static Key of(HasMetadata object) {
      return new Key(object.getKind(), object.getMetadata().getName());
    }
  }
}
