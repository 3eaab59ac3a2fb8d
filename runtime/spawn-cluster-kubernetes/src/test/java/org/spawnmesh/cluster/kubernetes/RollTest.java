package org.spawnmesh.cluster.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.spawnmesh.cluster.Member;
import org.spawnmesh.store.Incarnation;

class RollTest {

  private static final Names NAMES = Names.of("shop");
  private static final Member A = member(1);
  private static final Member B = member(2);

  private final Roll roll = new Roll(NAMES, Duration.ofSeconds(7));

  private static Member member(long number) {
    return new Member(new Incarnation(number), "node", "10.0.0.1:9010", "1.0", Map.of());
  }

  private static long at(double seconds) {
    // Clocks may begin anywhere, also shortly before they overflow.
    return Long.MAX_VALUE - 5_000_000_000L + (long) (seconds * 1e9);
  }

  private static Lease lease(Member member, String uid, int version) {
    return new LeaseBuilder()
        .withNewMetadata()
        .withName(NAMES.member(member.incarnation()))
        .withUid(uid)
        .withResourceVersion("" + version)
        .addToAnnotations(Names.MEMBER, member.print())
        .endMetadata()
        .withNewSpec()
        .withLeaseDurationSeconds(10)
        .endSpec()
        .build();
  }

  private List<String> dead() {
    var names = new ArrayList<String>();
    roll.dead().forEach((name, stamp) -> names.add(name + "@" + stamp.version()));
    return names;
  }

  @Test
  void onlyAListTellsThatAnybodyIsDead() {
    roll.saw(lease(A, "a", 1), at(0));
    roll.saw(lease(B, "b", 1), at(5));
    assertThat(roll.isAnyLate(at(9.9))).isFalse();
    assertThat(roll.isAnyLate(at(10))).isTrue();
    assertThat(roll.live()).hasSize(2);
    var unchanged = List.of(lease(A, "a", 1), lease(B, "b", 1));
    roll.read(unchanged, at(9.9), at(12));
    assertThat(roll.live()).describedAs("asked too early").hasSize(2);
    roll.read(unchanged, at(10), at(10.1));
    assertThat(roll.live().values()).containsExactly(B);
    assertThat(dead()).containsExactly("spawn-shop-1@1");
    assertThat(roll.isAnyLate(at(11))).isFalse();
  }

  @Test
  void whatTheWatchMissedIsNoDeath() {
    roll.saw(lease(A, "a", 1), at(0));
    roll.read(List.of(lease(A, "a", 2)), at(11), at(11));
    assertThat(roll.live().values()).containsExactly(A);
    assertThat(roll.isAnyLate(at(20.9))).isFalse();
    assertThat(roll.isAnyLate(at(21))).isTrue();
  }

  @Test
  void theDeadLiveAgainWhenTheyRenew() {
    roll.saw(lease(A, "a", 1), at(0));
    roll.read(List.of(lease(A, "a", 1)), at(11), at(11));
    roll.saw(lease(A, "a", 1), at(12));
    assertThat(roll.live()).describedAs("that is no renewal").isEmpty();
    roll.saw(lease(A, "a", 2), at(12));
    assertThat(roll.live().values()).containsExactly(A);
    assertThat(dead()).isEmpty();
  }

  @Test
  void whoeverIsNotInTheListIsGone() {
    roll.saw(lease(A, "a", 1), at(0));
    roll.read(List.of(lease(B, "b", 1)), at(1), at(1));
    assertThat(roll.live().values()).containsExactly(B);
  }

  @Test
  void theEndOfAnOldLeaseIsNotTheEndOfTheNewOne() {
    roll.saw(lease(A, "new", 5), at(0));
    roll.lost(lease(A, "old", 4));
    assertThat(roll.live().values()).containsExactly(A);
    roll.lost(lease(A, "new", 6));
    assertThat(roll.live()).isEmpty();
  }

  @Test
  void afterASilenceOfTheApiServerAllHaveTheirFullTime() {
    roll.saw(lease(A, "a", 1), at(0));
    roll.forgive(at(60));
    roll.read(List.of(lease(A, "a", 1)), at(69.9), at(69.9));
    assertThat(roll.live().values()).containsExactly(A);
    roll.read(List.of(lease(A, "a", 1)), at(70), at(70));
    assertThat(roll.live()).isEmpty();
  }

  @Test
  void aLeaseWithoutADurationHasThatOfTheSettings() {
    Lease lease = lease(A, "a", 1);
    lease.setSpec(null);
    roll.saw(lease, at(0));
    assertThat(roll.isAnyLate(at(6.9))).isFalse();
    assertThat(roll.isAnyLate(at(7))).isTrue();
  }
}
