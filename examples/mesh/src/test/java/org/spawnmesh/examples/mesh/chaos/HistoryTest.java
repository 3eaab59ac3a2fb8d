package org.spawnmesh.examples.mesh.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HistoryTest {

  private final History history = new History();

  @Test
  void oneAfterTheOther() {
    history.read(0, 1, 2);
    history.written(7, 3, 4);
    history.read(7, 5, 6);
    assertThat(history.isLinearizable()).isTrue();
  }

  @Test
  void aReadAfterAWriteMustSeeIt() {
    history.written(7, 1, 2);
    history.read(0, 3, 4);
    assertThat(history.isLinearizable()).isFalse();
  }

  @Test
  void aReadDuringAWriteMaySeeItOrNot() {
    history.written(7, 1, 10);
    history.read(0, 2, 3);
    history.read(7, 4, 5);
    assertThat(history.isLinearizable()).isTrue();
  }

  @Test
  void whatWasSeenDoesNotGoAway() {
    history.written(7, 1, 10);
    history.read(7, 2, 3);
    history.read(0, 4, 5);
    assertThat(history.isLinearizable()).isFalse();
  }

  @Test
  void twoWritesAtOnceHaveOneOrder() {
    history.written(1, 1, 10);
    history.written(2, 1, 10);
    history.read(1, 11, 12);
    history.read(2, 13, 14);
    assertThat(history.isLinearizable()).isFalse();
  }

  @Test
  void aWriteThatNobodyHeardOfMayHaveHappenedAtAnyTimeOrNever() {
    history.perhapsWritten(7, 1);
    history.read(0, 2, 3);
    assertThat(history.isLinearizable()).isTrue();
    history.read(7, 4, 5);
    assertThat(history.isLinearizable()).isTrue();
    history.read(0, 6, 7);
    assertThat(history.isLinearizable()).isFalse();
  }

  @Test
  void aWriteThatNobodyHeardOfDoesNotHappenBeforeItBegan() {
    history.read(7, 1, 2);
    history.perhapsWritten(7, 3);
    assertThat(history.isLinearizable()).isFalse();
  }

  @Test
  void aValueThatNobodyWroteIsNotRead() {
    history.written(7, 1, 2);
    history.read(8, 3, 4);
    assertThat(history.isLinearizable()).isFalse();
  }

  @Test
  void manyAtOnceAreDecidedFast() {
    // without its memory the search would try 12! orders
    for (int i = 1; i <= 12; i++) {
      history.written(i, 1, 100);
    }
    history.read(13, 101, 102);
    assertThat(history.isLinearizable()).isFalse();
    history.perhapsWritten(13, 50);
    assertThat(history.isLinearizable()).isTrue();
  }

  /** One operation, and the moment at which it takes effect. */
  private record Real(boolean write, long value, long begun, long effect, long ended) {}

  @Test
  void whateverARealRegisterDoesIsLinearizableAndALateAnswerIsNot() {
    Random random = new Random(42);
    int refused = 0;
    for (int round = 0; round < 500; round++) {
      List<Real> operations = operations(random, 60, 4);
      assertThat(told(operations, -1).isLinearizable()).as("round %d", round).isTrue();
      int stale = stale(operations);
      if (stale >= 0) {
        refused++;
        assertThat(told(operations, stale).isLinearizable()).as("round %d", round).isFalse();
      }
    }
    assertThat(refused).isGreaterThan(200);
  }

  /** Callers that each do one operation after the other, on a register that is right. */
  private static List<Real> operations(Random random, int number, int callers) {
    long[] free = new long[callers];
    List<Real> planned = new ArrayList<>();
    for (int i = 0; i < number; i++) {
      int caller = random.nextInt(callers);
      long begun = free[caller] + 1 + random.nextInt(5);
      long effect = begun + random.nextInt(20);
      long ended = effect + random.nextInt(20);
      free[caller] = ended;
      planned.add(new Real(random.nextBoolean(), i + 1, begun, effect, ended));
    }
    planned.sort(Comparator.comparingLong(Real::effect));
    List<Real> done = new ArrayList<>();
    long value = 0;
    for (Real each : planned) {
      value = each.write ? each.value : value;
      done.add(new Real(each.write, value, each.begun, each.effect, each.ended));
    }
    return done;
  }

  private static History told(List<Real> operations, int stale) {
    History told = new History();
    for (int i = 0; i < operations.size(); i++) {
      Real each = operations.get(i);
      if (each.write) {
        told.written(each.value, each.begun, each.ended);
      } else {
        told.read(i == stale ? 0 : each.value, each.begun, each.ended);
      }
    }
    return told;
  }

  /** A read that would be wrong if it saw what was there at first; -1 if there is none. */
  private static int stale(List<Real> operations) {
    for (int i = 0; i < operations.size(); i++) {
      Real read = operations.get(i);
      if (!read.write
          && operations.stream().anyMatch(each -> each.write && each.ended < read.begun)) {
        return i;
      }
    }
    return -1;
  }
}
