package org.spawnmesh.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.Kind;
import org.spawnmesh.store.Incarnation;

class MemberTest {

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
        .isEqualTo("12 node%20a 10.0.0.7:9010 1.2 my%20shop/Cart=UNNAMED.HASH");
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
