package org.spawnmesh.proxy.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.spawnmesh.proxy.host.Reach.Down;
import org.spawnmesh.proxy.host.Reach.Probing;

class ReachTest {

  private static final long PATIENCE = 100;

  @Test
  void aHostThatCannotBeConnectedToIsProbed() {
    assertThat(Reach.UP.failed(5, "refused", PATIENCE)).isEqualTo(new Probing(5, "refused"));
  }

  @Test
  void itIsWaitedForUntilThePatienceIsOver() {
    Reach probing = new Probing(5, "refused");

    assertThat(probing.failed(104, "timeout", PATIENCE)).isSameAs(probing);
    assertThat(probing.failed(105, "timeout", PATIENCE)).isEqualTo(new Down(5, "timeout"));
  }

  @Test
  void withoutPatienceItIsDownAtItsSecondFailure() {
    assertThat(Reach.UP.failed(5, "refused", 0).failed(5, "refused", 0))
        .isEqualTo(new Down(5, "refused"));
  }

  @Test
  void downStaysDown() {
    Reach down = new Down(5, "refused");

    assertThat(down.failed(1000, "refused", PATIENCE)).isSameAs(down);
  }
}
