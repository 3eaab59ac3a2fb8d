package org.spawnmesh.cluster.kubernetes;

import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.spawnmesh.store.Incarnation;

/**
 * Who shall lead, as one node sees it by the mesh's lease. It decides; others write.
 *
 * <p>The holder leads. A lease that nobody holds, or that did not change for as long as it is
 * granted, goes at once to the life with the least number, so that nodes do not fall over each
 * other and a new life stands at the end of the line; the others take it a little later, in case
 * that one cannot. Only the API server makes sure that one of them gets it.
 *
 * <p>When the lease changed last is read from this node's monotonic clock. Not thread-safe.
 */
final class Election {

  /** What this node shall do. */
  sealed interface Step {

    /** Nothing yet. */
    record Wait() implements Step {}

    /** Take the lease for this life of the node, or renew it. */
    record Hold(Incarnation leader) implements Step {}

    /** Have nobody hold it. */
    record Release() implements Step {}
  }

  private final Duration life;
  private final Duration renewal;
  private final Duration courtesy;
  private MeshLease mesh = MeshLease.NONE;
  private @Nullable Long since;

  /** Who of this node holds the lease, and when the request was sent that made it so. */
  private @Nullable Incarnation holding;

  private long held;

  /**
   * @param life how long this node leads without a renewal that was answered
   * @param renewal after how long it renews
   * @param courtesy how long the others let the first take the lease
   */
  Election(Duration life, Duration renewal, Duration courtesy) {
    this.life = life;
    this.renewal = renewal;
    this.courtesy = courtesy;
  }

  MeshLease mesh() {
    return mesh;
  }

  /** The lease is like this now. */
  void saw(MeshLease now, long at) {
    if (since == null || !now.stamp().equals(mesh.stamp())) {
      since = at;
    }
    mesh = now;
  }

  /** Nobody could renew anything until now. */
  void forgive(long now) {
    since = since == null ? null : now;
  }

  /** This node wrote that it holds the lease. */
  void holds(Incarnation self, long sent) {
    holding = self;
    held = sent;
  }

  /**
   * Leads until two thirds of its time are over: earlier than others may take the lease, even if
   * their clocks are somewhat faster.
   */
  boolean isLeading(@Nullable Incarnation self, long now) {
    return self != null
        && self.equals(holding)
        && mesh.isHeldBy(self)
        && now - held < life.toNanos() / 3 * 2;
  }

  /** Who holds the lease; null if nobody does any more. */
  @Nullable Incarnation leader(long now) {
    return now - free() >= 0 ? null : mesh.holder();
  }

  /**
   * What to do about the lease as it was seen last.
   *
   * @param self who this node is; null if it does not want to lead
   * @param former lives of this node
   * @param live who else may want to lead
   */
  Step next(
      @Nullable Incarnation self, Set<Incarnation> former, Collection<Incarnation> live, long now) {
    Incarnation holder = mesh.holder();
    if (holder != null && former.contains(holder)) {
      return new Step.Release();
    }
    if (self == null) {
      return new Step.Wait();
    }
    boolean due;
    if (self.equals(holder)) {
      due = !self.equals(holding) || now - held >= renewal.toNanos();
    } else {
      boolean first =
          live.stream()
              .filter(other -> !other.equals(holder) && !former.contains(other))
              .noneMatch(other -> other.number() < self.number());
      due = now - free() >= (first ? 0 : courtesy.toNanos());
    }
    return due ? new Step.Hold(self) : new Step.Wait();
  }

  /** When the lease is, or was, free to be taken. */
  private long free() {
    long seen = since == null ? 0 : since;
    return mesh.holder() == null ? seen : seen + mesh.life(life).toNanos();
  }
}
