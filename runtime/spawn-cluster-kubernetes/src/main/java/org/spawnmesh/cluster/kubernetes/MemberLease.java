package org.spawnmesh.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.cluster.Member;

/** What a member writes into its own lease. */
final class MemberLease {

  private MemberLease() {}

  /**
   * What to write so that {@code self} lives a little longer.
   *
   * @param there the lease as it is; null if there is none
   */
  static Lease of(
      @Nullable Lease there, Member self, KubernetesSettings settings, ZonedDateTime now) {
    LeaseBuilder next = there == null ? new LeaseBuilder() : new LeaseBuilder(there);
    next.editOrNewMetadata().addToAnnotations(Names.MEMBER, self.print()).endMetadata();
    next.editOrNewSpec()
        .withHolderIdentity(self.toString())
        .withLeaseDurationSeconds(Math.toIntExact(settings.lease().toSeconds()))
        .withRenewTime(now)
        .endSpec();
    if (there == null) {
      next.editSpec().withAcquireTime(now).endSpec();
    }
    KubernetesSettings.Pod pod = settings.pod();
    if (pod != null) {
      next.editMetadata()
          .withOwnerReferences(
              new OwnerReferenceBuilder()
                  .withApiVersion("v1")
                  .withKind("Pod")
                  .withName(pod.name())
                  .withUid(pod.uid())
                  .build())
          .endMetadata();
    }
    return next.build();
  }
}
