package org.spawnmesh.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.cluster.Member.Offer;
import org.spawnmesh.store.Incarnation;

class ProposalTest {

  private static final Member ONE = member(1);
  private static final Member TWO = member(2);
  private static final Member THREE = member(3);
  private static final Roster NOW = Roster.of(7, 64, java.util.List.of(ONE, TWO, THREE));

  private static Member member(long number) {
    return new Member(
        new Incarnation(number),
        "n" + number,
        "h" + number + ":1",
        "1",
        Map.of(new ActorType("shop", "Cart"), Offer.of(Kind.UNNAMED)));
  }

  private static Map<Incarnation, Member> live(Member... members) {
    return Stream.of(members).collect(Collectors.toMap(Member::incarnation, Function.identity()));
  }

  @Test
  void nothingHappenedNothingIsProposed() {
    Proposal proposal = Proposal.of(NOW, live(ONE, TWO, THREE), Set.of(), Set.of(), ONE);
    assertThat(proposal.isLike(NOW)).isTrue();
    assertThat(proposal.urgent()).isFalse();
  }

  @Test
  void aServiceThatForgotEverybodyCostsNobodyItsPlace() {
    Proposal proposal = Proposal.of(NOW, live(), Set.of(), Set.of(), ONE);
    assertThat(proposal.isLike(NOW)).isTrue();
    assertThat(proposal.doubtful()).containsExactly(TWO, THREE);
    assertThat(Proposal.of(NOW, live(), Set.of(TWO.incarnation()), Set.of(), ONE).doubtful())
        .containsExactly(THREE);
  }

  @Test
  void whoIsGoneGoesAtOnceThoughTheServiceShowsIt() {
    Proposal proposal =
        Proposal.of(NOW, live(ONE, TWO, THREE), Set.of(), Set.of(TWO.incarnation()), ONE);
    assertThat(proposal.members()).containsExactlyInAnyOrder(ONE, THREE);
    assertThat(proposal.urgent()).isTrue();
  }

  @Test
  void whoComesIsTakenInWithoutHaste() {
    Proposal proposal = Proposal.of(NOW, live(ONE, TWO, THREE, member(4)), Set.of(), Set.of(), ONE);
    assertThat(proposal.members()).contains(member(4));
    assertThat(proposal.urgent()).isFalse();
  }

  @Test
  void whoHostsNothingAndIsNotSeenHasLeft() {
    Member leaving = TWO.hosting(Map.of());
    Roster now = Roster.of(7, 64, java.util.List.of(ONE, leaving, THREE));
    Proposal proposal = Proposal.of(now, live(ONE, THREE), Set.of(), Set.of(), ONE);
    assertThat(proposal.members()).containsExactlyInAnyOrder(ONE, THREE);
    assertThat(proposal.urgent()).isTrue();
  }

  @Test
  void theLeaderIsAMemberThoughTheServiceForgotIt() {
    Roster nobody = Roster.of(0, 64, java.util.List.of());
    assertThat(Proposal.of(nobody, live(), Set.of(), Set.of(), ONE).members()).containsExactly(ONE);
  }

  @Test
  void whoActsForADeadLeaderTakesNobodyIn() {
    Proposal proposal = Proposal.without(NOW, Set.of(ONE.incarnation()));
    assertThat(proposal.members()).containsExactly(TWO, THREE);
    assertThat(proposal.urgent()).isTrue();
  }
}
