package org.spawnmesh.examples.mesh.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TallyRecordTest {

  private final TallyRecord told = new TallyRecord();

  @Test
  void whatWasToldIsThere() {
    told.added(11, 1, 10, 20);
    told.unknown(12);
    told.unknown(13);
    told.notDone(14);
    told.added(15, 3, 30, 40);
    told.seen(List.of(11L, 12L), 25, 35);
    assertThat(told.compare(List.of(11L, 12L, 15L))).isEmpty();
  }

  @Test
  void anAcknowledgedTicketIsNotLost() {
    told.added(11, 1, 10, 20);
    assertThat(told.compare(List.of())).anyMatch(wrong -> wrong.contains("is lost"));
  }

  @Test
  void whatWasNotDoneIsNotThere() {
    told.notDone(11);
    assertThat(told.compare(List.of(11L)))
        .anyMatch(wrong -> wrong.contains("heard that it is not"));
  }

  @Test
  void noTicketIsThereTwice() {
    told.unknown(11);
    assertThat(told.compare(List.of(11L, 11L))).anyMatch(wrong -> wrong.contains("2 times"));
  }

  @Test
  void noTicketComesFromNowhere() {
    assertThat(told.compare(List.of(11L))).anyMatch(wrong -> wrong.contains("nobody's"));
  }

  @Test
  void whatWasSeenStaysInItsPlace() {
    told.added(11, 2, 10, 20);
    told.unknown(12);
    assertThat(told.compare(List.of(11L, 12L))).anyMatch(wrong -> wrong.contains("at place 2"));
  }

  @Test
  void nobodySeesLessThanWasSeenBefore() {
    told.added(11, 1, 10, 20);
    told.seen(List.of(), 15, 30);
    assertThat(told.compare(List.of(11L))).isEmpty();
    told.seen(List.of(), 21, 30);
    assertThat(told.compare(List.of(11L)))
        .anyMatch(wrong -> wrong.contains("later somebody saw 0"));
  }
}
