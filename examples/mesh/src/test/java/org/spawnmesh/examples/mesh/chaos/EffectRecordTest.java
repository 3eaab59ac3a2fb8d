package org.spawnmesh.examples.mesh.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.spawnmesh.examples.mesh.chaos.ChaosNode.Heard;

class EffectRecordTest {

  private static final long FIRST = 3;
  private static final long SECOND = 3 + ChaosNode.COPIES;

  /** Two tickets that go to the same copy. */
  private final EffectRecord told = new EffectRecord(Map.of("t1", List.of(FIRST, SECOND)));

  @Test
  void eachTicketIsHeardOfOnce() {
    told.heard(3, List.of(heard(FIRST), new Heard("t1", SECOND)));
    assertThat(told.compare()).isEmpty();
    assertThat(told.effects()).isEqualTo(told.tickets());
  }

  @Test
  void noneIsLost() {
    told.heard(3, List.of(heard(FIRST)));
    assertThat(told.compare()).hasSize(1);
  }

  @Test
  void noneComesTwice() {
    told.heard(3, List.of(heard(FIRST), heard(FIRST), heard(SECOND)));
    assertThat(told.compare()).hasSize(1);
  }

  @Test
  void noneOvertakes() {
    told.heard(3, List.of(heard(SECOND), heard(FIRST)));
    assertThat(told.compare()).hasSize(1);
  }

  @Test
  void noneComesFromNowhere() {
    told.heard(3, List.of(heard(FIRST), heard(SECOND)));
    told.heard(4, List.of(new Heard("t1", 4)));
    assertThat(told.compare()).hasSize(1);
  }

  private static Heard heard(long ticket) {
    return new Heard("t1", ticket);
  }
}
