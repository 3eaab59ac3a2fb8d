package org.spawnmesh.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.cluster.Member.Offer;
import org.spawnmesh.cluster.Member.Placing;
import org.spawnmesh.store.Incarnation;

class RoutesTest {

  private static final int PARTITIONS = 4_096;
  private static final ActorType CART = new ActorType("shop", "Cart");

  private static Member member(long number) {
    return member(number, Map.of(CART, Offer.of(Kind.UNNAMED)));
  }

  private static Member member(long number, Map<ActorType, Offer> hosted) {
    return new Member(new Incarnation(number), "n" + number, "h" + number + ":1", "1", hosted);
  }

  private static Routes routes(List<Member> members) {
    return new Routes(Roster.of(1, PARTITIONS, members));
  }

  private static List<Member> members(long count) {
    return new ArrayList<>(LongStream.rangeClosed(1, count).mapToObj(RoutesTest::member).toList());
  }

  private static Member[] owners(List<Member> members) {
    return routes(members).owners().get(CART);
  }

  private static int moved(List<Member> before, List<Member> after) {
    Member[] was = owners(before);
    Member[] is = owners(after);
    int moved = 0;
    for (int i = 0; i < PARTITIONS; i++) {
      if (!was[i].equals(is[i])) {
        moved++;
      }
    }
    return moved;
  }

  @Test
  void whoJoinsTwoHundredNodesTakesItsShareAndNothingElseMoves() {
    List<Member> before = members(200);
    List<Member> after = members(201);
    assertThat(moved(before, after)).isLessThanOrEqualTo(PARTITIONS / 201 + PARTITIONS / 20);
    Member[] was = owners(before);
    Member[] is = owners(after);
    for (int i = 0; i < PARTITIONS; i++) {
      assertThat(is[i]).isIn(was[i], after.getLast());
    }
  }

  @Test
  void whoLeavesGivesOnlyItsOwnAndToMany() {
    List<Member> before = members(200);
    List<Member> after = members(200);
    Member gone = after.remove(77);
    Member[] was = owners(before);
    Member[] is = owners(after);
    Map<Member, Integer> heirs = new HashMap<>();
    for (int i = 0; i < PARTITIONS; i++) {
      if (was[i].equals(gone)) {
        heirs.merge(is[i], 1, Integer::sum);
      } else {
        assertThat(is[i]).isEqualTo(was[i]);
      }
    }
    assertThat(heirs).hasSizeGreaterThan(10);
    assertThat(moved(before, after)).isLessThanOrEqualTo(PARTITIONS / 200 + PARTITIONS / 20);
  }

  @Test
  void eachHasItsShare() {
    Map<Member, Integer> shares = new HashMap<>();
    for (Member owner : owners(members(16))) {
      shares.merge(owner, 1, Integer::sum);
    }
    assertThat(shares).hasSize(16);
    assertThat(shares.values()).allSatisfy(share -> assertThat(share).isBetween(190, 330));
  }

  @Test
  void theOrderInWhichMembersAreListedDoesNotMatter() {
    List<Member> backwards = new ArrayList<>(members(9)).reversed();
    assertThat(owners(backwards)).isEqualTo(owners(members(9)));
  }

  @Test
  void whoWantsATypeForItselfHasIt() {
    List<Member> members = members(3);
    members.add(member(4, Map.of(CART, new Offer(Kind.UNNAMED, Placing.PINNED, false))));
    assertThat(owners(members)).containsOnly(members.getLast());
  }

  @Test
  void aTypeThatSomeWantToOwnIsNotRunWhereItIsCalled() {
    Routes routes = routes(List.of(member(1, Map.of(CART, Offer.of(Kind.POOLED))), member(2)));
    assertThat(routes.hosts()).isEmpty();
    assertThat(routes.owners().get(CART)).containsOnly(member(2));
  }
}
