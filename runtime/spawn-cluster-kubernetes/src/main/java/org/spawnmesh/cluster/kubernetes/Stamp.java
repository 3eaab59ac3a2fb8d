package org.spawnmesh.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;

/**
 * One write of one object: another stamp means that somebody wrote. Versions are compared for
 * equality only, for they go back when a cluster is restored.
 */
record Stamp(String uid, String version) {

  /** Of what is not there. */
  static final Stamp NONE = new Stamp("", "");

  static Stamp of(Lease lease) {
    return new Stamp(
        String.valueOf(lease.getMetadata().getUid()),
        String.valueOf(lease.getMetadata().getResourceVersion()));
  }

  boolean isSameObject(Stamp other) {
    return uid.equals(other.uid);
  }
}
