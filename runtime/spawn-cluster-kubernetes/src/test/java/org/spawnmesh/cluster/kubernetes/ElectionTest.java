package org.spawnmesh.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.spawnmesh.cluster.kubernetes.Election.Step;
import org.spawnmesh.store.Incarnation;

class ElectionTest {

  private static final Incarnation A = new Incarnation(1);
  private static final Incarnation B = new Incarnation(2);
  private static final Incarnation C = new Incarnation(3);
  private static final Set<Incarnation> ALL = Set.of(A, B, C);

  private final Election election =
      new Election(Duration.ofSeconds(9), Duration.ofSeconds(3), Duration.ofSeconds(2));

  private static long at(double seconds) {
    // Clocks may begin anywhere, also shortly before they overflow.
    return Long.MAX_VALUE - 5_000_000_000L + (long) (seconds * 1e9);
  }

  private static MeshLease lease(@Nullable Incarnation holder, int version) {
    return MeshLease.of(
        new LeaseBuilder()
            .withNewMetadata()
            .withUid("uid")
            .withResourceVersion("" + version)
            .endMetadata()
            .withNewSpec()
            .withHolderIdentity(holder == null ? null : "" + holder.number())
            .withLeaseDurationSeconds(9)
            .endSpec()
            .build());
  }

  private Step next(@Nullable Incarnation self, double seconds) {
    return election.next(self, Set.of(), ALL, at(seconds));
  }

  @Test
  void theFirstTakesAFreeLeaseAtOnceAndTheOthersLater() {
    for (MeshLease free : new MeshLease[] {MeshLease.NONE, lease(null, 1)}) {
      election.saw(free, at(0));
      assertThat(next(A, 0)).isEqualTo(new Step.Hold(A));
      assertThat(next(B, 1.9)).isEqualTo(new Step.Wait());
      assertThat(next(B, 2)).isEqualTo(new Step.Hold(B));
      assertThat(next(null, 100)).isEqualTo(new Step.Wait());
      assertThat(election.leader(at(0))).isNull();
    }
  }

  @Test
  void aLeaseThatDoesNotChangeIsOver() {
    election.saw(lease(A, 1), at(0));
    election.saw(lease(A, 1), at(8.9));
    assertThat(next(B, 8.9)).isEqualTo(new Step.Wait());
    assertThat(election.leader(at(8.9))).isEqualTo(A);
    assertThat(next(B, 9)).describedAs("the holder does not count").isEqualTo(new Step.Hold(B));
    assertThat(election.leader(at(9))).isNull();
    assertThat(next(C, 10.9)).isEqualTo(new Step.Wait());
    assertThat(next(C, 11)).isEqualTo(new Step.Hold(C));
  }

  @Test
  void aRenewalGivesAllItsTimeAgain() {
    election.saw(lease(A, 1), at(0));
    election.saw(lease(A, 2), at(8));
    assertThat(next(B, 16.9)).isEqualTo(new Step.Wait());
    assertThat(next(B, 17)).isEqualTo(new Step.Hold(B));
  }

  @Test
  void soDoesTheReturnOfTheApiServer() {
    election.saw(lease(A, 1), at(0));
    election.forgive(at(30));
    election.saw(lease(A, 1), at(30));
    assertThat(next(B, 38.9)).isEqualTo(new Step.Wait());
    assertThat(next(B, 39)).isEqualTo(new Step.Hold(B));
  }

  @Test
  void theHolderRenewsAndLeadsForTwoThirdsOfItsTime() {
    election.saw(lease(A, 1), at(0));
    assertThat(election.isLeading(A, at(0))).describedAs("nobody here wrote that").isFalse();
    assertThat(next(A, 0)).isEqualTo(new Step.Hold(A));
    election.saw(lease(A, 2), at(0.1));
    election.holds(A, at(0));
    assertThat(next(A, 2.9)).isEqualTo(new Step.Wait());
    assertThat(next(A, 3)).isEqualTo(new Step.Hold(A));
    assertThat(election.isLeading(A, at(5.9))).isTrue();
    assertThat(election.isLeading(A, at(6))).isFalse();
    assertThat(election.isLeading(B, at(0))).isFalse();
    assertThat(election.isLeading(null, at(0))).isFalse();
    election.saw(lease(B, 3), at(1));
    assertThat(election.isLeading(A, at(1))).isFalse();
  }

  @Test
  void aFormerLifeReleases() {
    election.saw(lease(A, 1), at(0));
    assertThat(election.next(null, Set.of(A), ALL, at(0))).isEqualTo(new Step.Release());
    assertThat(election.next(C, Set.of(A), ALL, at(0))).isEqualTo(new Step.Release());
    assertThat(election.next(C, Set.of(B), ALL, at(0))).isEqualTo(new Step.Wait());
  }

  @Test
  void nobodyWaitsForAFormerLifeOfItsOwn() {
    election.saw(lease(null, 1), at(0));
    assertThat(election.next(C, Set.of(A), Set.of(A, C), at(0))).isEqualTo(new Step.Hold(C));
    assertThat(election.next(C, Set.of(A), ALL, at(0))).isEqualTo(new Step.Wait());
  }
}
