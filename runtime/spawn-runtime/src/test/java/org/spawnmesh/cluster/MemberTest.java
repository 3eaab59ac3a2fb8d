package org.spawnmesh.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.ChannelDefinition;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.cluster.Member.Offer;
import org.spawnmesh.cluster.Member.Placing;
import org.spawnmesh.store.Incarnation;

class MemberTest {

  private static Member hosting(Offer offer) {
    return new Member(
        new Incarnation(12),
        "node a",
        "10.0.0.7:9010",
        "1.2",
        Map.of(new ActorType("shop", "Größe=1,2"), offer));
  }

  @Test
  void whatIsPrintedIsParsed() {
    List<ChannelDefinition> channels =
        List.of(new ChannelDefinition("a:b>c, d=%/ü", "x:y"), new ChannelDefinition("plain", ""));
    for (Offer offer :
        List.of(
            Offer.of(Kind.UNNAMED),
            Offer.of(Kind.POOLED),
            new Offer(Kind.UNNAMED, Placing.PINNED, true),
            Offer.of(Kind.NAMED).listening(channels),
            Offer.of(Kind.NAMED).listening(channels).pinned().onStandby())) {
      Member member = hosting(offer);
      assertThat(Member.parse(member.print())).as(member.print()).isEqualTo(member);
    }
  }

  @Test
  void noViewSaysWhatInstancesListenTo() {
    Offer offer = Offer.of(Kind.UNNAMED).listening(List.of(new ChannelDefinition("news", "")));
    assertThat(offer).isEqualTo(Offer.of(Kind.UNNAMED));
  }

  @Test
  void aLineThatNobodyPrintedIsRefused() {
    for (String types :
        List.of("shop/Cart", "shop/Cart=NAMED", "shop/Cart=NAMED.HASH:news", "a/b=NAMED.HASH.X")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Member.parse("12 a b 1 " + types))
          .withMessageContaining(types.substring(types.indexOf('=') + 1));
    }
  }
}
