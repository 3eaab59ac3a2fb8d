package org.spawnmesh.proxy.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.SpawnException;

class InFlightTest {

  private final InFlight memory = new InFlight("parcels", "parcels.limit", 100);

  @Test
  void theLastByteFitsAndTheNextDoesNot() {
    InFlight.Share share = memory.share();
    share.take(60);

    assertThat(share.tryTake(41)).isFalse();
    assertThat(memory.bytes()).as("what was refused takes nothing").isEqualTo(60);
    assertThat(share.tryTake(40)).isTrue();
    assertThat(memory.share().tryTake(1)).isFalse();
    assertThat(memory.bytes()).isEqualTo(100);
  }

  @Test
  void whoLeavesGivesBackWhatItTookOnce() {
    InFlight.Share one = memory.share();
    InFlight.Share other = memory.share();
    one.take(30);
    one.take(10);
    other.take(20);

    one.leave();
    one.leave();

    assertThat(memory.bytes()).isEqualTo(20);
  }

  @Test
  void whoHasLeftTakesNothing() {
    InFlight.Share share = memory.share();
    share.leave();

    assertThat(share.tryTake(1)).isFalse();
    assertThat(memory.bytes()).isZero();
  }

  @Test
  void halfIsNotMoreThanHalf() {
    InFlight.Share share = memory.share();
    share.take(50);
    assertThat(memory.isHalfFull()).isFalse();
    share.take(1);
    assertThat(memory.isHalfFull()).isTrue();
  }

  @Test
  void theRefusalSaysWhichLimitAndWhenToTryAgain() {
    assertThatThrownBy(() -> memory.share().take(101))
        .isInstanceOfSatisfying(
            SpawnException.class,
            e -> {
              assertThat(e.code()).isEqualTo(FailureCode.NODE_OVERLOADED);
              assertThat(e.execution()).isEqualTo(Execution.NOT_EXECUTED);
              assertThat(e.failure().retryAfter()).isPositive();
              assertThat(e).hasMessageContaining("parcels").hasMessageContaining("parcels.limit");
            });
  }
}
