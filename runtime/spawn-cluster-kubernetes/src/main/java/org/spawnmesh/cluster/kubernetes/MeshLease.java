package org.spawnmesh.cluster.kubernetes;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.store.Incarnation;

/**
 * The one lease that a mesh has in common: who leads, and the number of the greatest view that was
 * published. Immutable, as it was read.
 *
 * @param lease null if it is not there
 * @param holder who leads; null if nobody does, or it cannot be told
 * @param view 0 if there is no number
 */
record MeshLease(@Nullable Lease lease, Stamp stamp, @Nullable Incarnation holder, long view) {

  static final MeshLease NONE = new MeshLease(null, Stamp.NONE, null, 0);

  static MeshLease of(@Nullable Lease lease) {
    if (lease == null) {
      return NONE;
    }
    Map<String, String> annotations = lease.getMetadata().getAnnotations();
    String holder = lease.getSpec() == null ? null : lease.getSpec().getHolderIdentity();
    Long number = number(holder);
    // A view that cannot be read counts as none: the next one overwrites it.
    Long view = number(annotations == null ? null : annotations.get(Names.VIEW));
    return new MeshLease(
        lease,
        Stamp.of(lease),
        number == null ? null : new Incarnation(number),
        view == null ? 0 : view);
  }

  /** How long the holder leads without a sign of life. */
  Duration life(Duration otherwise) {
    return lease == null ? otherwise : Leases.life(lease, otherwise);
  }

  boolean isHeldBy(Incarnation incarnation) {
    return incarnation.equals(holder);
  }

  /**
   * What to write so that {@code leader} holds it from now on, or a little longer.
   *
   * @param known the greatest view the leader knows, in case the API server lost it
   */
  Lease heldBy(Incarnation leader, long known, Duration life, ZonedDateTime now) {
    Integer before =
        lease == null || lease.getSpec() == null ? null : lease.getSpec().getLeaseTransitions();
    int transitions = before == null ? 0 : before;
    LeaseBuilder next = draft();
    next.editOrNewSpec()
        .withHolderIdentity(Long.toString(leader.number()))
        .withLeaseDurationSeconds(Math.toIntExact(life.toSeconds()))
        .withRenewTime(now)
        .endSpec();
    if (!isHeldBy(leader)) {
      next.editSpec().withAcquireTime(now).withLeaseTransitions(transitions + 1).endSpec();
    }
    if (known > view) {
      next.editMetadata().addToAnnotations(Names.VIEW, Long.toString(known)).endMetadata();
    }
    return next.build();
  }

  /** What to write so that nobody holds it. */
  Lease released() {
    LeaseBuilder next = draft();
    next.editOrNewSpec().withHolderIdentity(null).endSpec();
    return next.build();
  }

  /** What to write so that everybody hears of this view. */
  Lease raised(long greater) {
    LeaseBuilder next = draft();
    next.editMetadata().addToAnnotations(Names.VIEW, Long.toString(greater)).endMetadata();
    return next.build();
  }

  private LeaseBuilder draft() {
    if (lease != null) {
      return new LeaseBuilder(lease);
    }
    var next = new LeaseBuilder();
    next.withNewMetadata().endMetadata().withNewSpec().endSpec();
    return next;
  }

  private static @Nullable Long number(@Nullable String text) {
    try {
      return text == null ? null : Long.valueOf(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
