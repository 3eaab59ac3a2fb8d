package org.spawnmesh.cluster.kubernetes;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the API server of Kubernetes is reached. Immutable.
 *
 * @param namespace where the leases are; null for the namespace of the service account, or of the
 *     kubeconfig
 * @param server URL of an API server that asks for no credentials, such as {@code kubectl proxy};
 *     null to find it, and the credentials, as every Kubernetes client does: by the service account
 *     of the pod, or the kubeconfig
 * @param lease after how long without a renewal the others take this node for dead; whole seconds.
 *     It is renewed three times as often
 * @param requestTimeout how long a request waits for its answer
 * @param pod the pod this node runs in, with which its lease is deleted; null if it runs in none
 */
public record KubernetesSettings(
    @Nullable String namespace,
    @Nullable String server,
    Duration lease,
    Duration requestTimeout,
    @Nullable Pod pod) {

  /** How many renewals others may wait for before they take a node for dead. */
  static final int RENEWALS = 3;

  public KubernetesSettings {
    if (lease.toSeconds() < 1 || lease.getNano() != 0 || lease.toSeconds() > 3600) {
      throw new IllegalArgumentException(
          "The lease of %s is not a whole number of seconds between 1 s and an hour"
              .formatted(lease));
    }
    if (requestTimeout.toMillis() < 1) {
      throw new IllegalArgumentException(
          "The request timeout %s is shorter than a millisecond".formatted(requestTimeout));
    }
    if (requestTimeout.compareTo(lease) >= 0) {
      throw new IllegalArgumentException(
          "The request timeout %s is not shorter than the lease %s: one request without an answer would cost the membership"
              .formatted(requestTimeout, lease));
    }
  }

  /** What the surroundings say; a lease of 10 s, a request timeout of 3 s, no pod. */
  public static KubernetesSettings detected() {
    return new KubernetesSettings(null, null, Duration.ofSeconds(10), Duration.ofSeconds(3), null);
  }

  public KubernetesSettings namespace(@Nullable String name) {
    return new KubernetesSettings(name, server, lease, requestTimeout, pod);
  }

  public KubernetesSettings server(@Nullable String url) {
    return new KubernetesSettings(namespace, url, lease, requestTimeout, pod);
  }

  public KubernetesSettings timeouts(Duration leaseDuration, Duration request) {
    return new KubernetesSettings(namespace, server, leaseDuration, request, pod);
  }

  public KubernetesSettings pod(@Nullable Pod surrounding) {
    return new KubernetesSettings(namespace, server, lease, requestTimeout, surrounding);
  }

  /**
   * A pod as the downward API names it. Both must be of the same pod: Kubernetes deletes what
   * belongs to a pod that is not there.
   *
   * @param name {@code metadata.name}
   * @param uid {@code metadata.uid}
   */
  public record Pod(String name, String uid) {

    public Pod {
      if (name.isBlank() || uid.isBlank()) {
        throw new IllegalArgumentException(
            "The pod needs both its name ('%s') and its UID ('%s')".formatted(name, uid));
      }
    }
  }

  /** How often a lease is renewed. */
  Duration renewal() {
    return lease.dividedBy(RENEWALS);
  }
}
