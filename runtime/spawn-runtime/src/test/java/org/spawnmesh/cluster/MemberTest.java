package org.spawnmesh.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
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

  private static Member member(String address, String management) {
    return new Member(
        new Incarnation(12),
        "node a",
        address,
        "1.2",
        Map.of(new ActorType("my shop", "Cart"), Member.Offer.of(Kind.UNNAMED)),
        management);
  }

  @Test
  void whatIsPrintedIsRead() {
    for (String management : new String[] {"", "http://10.0.0.7:9091", "https://[fd00::7]:9091"}) {
      Member member = member("10.0.0.7:9010", management);
      assertThat(Member.parse(member.print())).isEqualTo(member);
      assertThat(member.hosting(Map.of()).management()).isEqualTo(management);
    }
    assertThatIllegalArgumentException().isThrownBy(() -> Member.parse("12 a b c"));
  }

  @Test
  void aMemberWithoutAManagementApiPrintsWhatEveryVersionReads() {
    assertThat(member("10.0.0.7:9010", "").print())
        .isEqualTo("12 node%20a 10.0.0.7%3a9010 1.2 my%20shop/Cart=UNNAMED.HASH");
  }

  @Test
  void allInterfacesAreReachedWhereThePeersAre() {
    assertThat(member("10.0.0.7:9010", "http://0.0.0.0:9091").managementAddress())
        .contains(URI.create("http://10.0.0.7:9091"));
    assertThat(member("[fd00::7]:9010", "https://[::]:9091").managementAddress())
        .contains(URI.create("https://[fd00::7]:9091"));
    assertThat(member("10.0.0.7:9010", "http://127.0.0.1:9091").managementAddress())
        .contains(URI.create("http://127.0.0.1:9091"));
    assertThat(member("10.0.0.7:9010", "").managementAddress()).isEmpty();
  }
}
