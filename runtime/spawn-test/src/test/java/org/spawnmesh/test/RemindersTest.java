package org.spawnmesh.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.CatchUp;
import org.spawnmesh.actor.Durability;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Once;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.ReminderDefinition;
import org.spawnmesh.actor.Timing;
import org.spawnmesh.store.DeadLetter;
import org.spawnmesh.store.Reminder;
import org.spawnmesh.test.FaultyStateStore.CommitFault;

/** Actors are reminded once at each planned time, whatever happens to their node. */
class RemindersTest {

  private static Instant at(String time) {
    return Instant.parse("2030-01-" + time + ":00Z");
  }

  private static ReminderWorld declaring(String cron, CatchUp catchUp) {
    return new ReminderWorld(
        b ->
            b.reminders(List.of(new ReminderDefinition("note", Timing.cron(cron, "UTC"), catchUp))),
        settings -> settings);
  }

  // ---- what is declared ----

  @Test
  void anActorHasItsTypesRemindersFromItsFirstUseOn() {
    try (var world = declaring("0 0 * * * *", CatchUp.ONE)) {
      world.ask("ada", "read", "");
      world.advanceTo("2030-01-01T02:30:00Z");
      assertThat(world.kept("ada")).containsExactly(at("01T01:00"), at("01T02:00"));
      assertThat(world.kept("bob")).isEmpty();
      assertThat(world.due("ada", "@note")).contains(at("01T03:00"));
    }
  }

  @Test
  void theOnlyActorOfItsTypeHasThemFromTheStart() {
    try (var world = declaring("0 0 * * * *", CatchUp.ONE)) {
      world.advanceTo("2030-01-01T01:30:00Z");
      assertThat(world.kept(ActorId.of("sim", "Only", "Only"))).containsExactly(at("01T01:00"));
    }
  }

  @Test
  void anActorThatSleepsIsReminded() {
    try (var world = declaring("0 0 * * * *", CatchUp.ONE)) {
      world.ask("ada", "read", "");
      assertThat(world.node.repair().passivate(ReminderWorld.clerk("ada"))).isTrue();
      world.advanceTo("2030-01-01T01:30:00Z");
      assertThat(world.kept("ada")).containsExactly(at("01T01:00"));
    }
  }

  @Test
  void whatIsDeclaredNoMoreEndsAndWhatIsDeclaredOtherwiseIsPlannedAnew() {
    List<ReminderDefinition> declared = new ArrayList<>();
    declared.add(new ReminderDefinition("note", Timing.cron("@hourly", "UTC"), CatchUp.ONE));
    declared.add(new ReminderDefinition("read", Timing.every(Duration.ofHours(7)), CatchUp.ONE));
    try (var world = new ReminderWorld(b -> b.reminders(declared), settings -> settings)) {
      world.ask("ada", "read", "");
      assertThat(world.due("ada", "@read")).contains(at("01T07:00"));
      world.advance(Duration.ofMinutes(10));
      world.crash();
      world.restart();
      world.ask("ada", "read", "");
      assertThat(world.due("ada", "@read")).as("the same stays").contains(at("01T07:00"));

      world.crash();
      declared.clear();
      declared.add(new ReminderDefinition("note", Timing.cron("@daily", "UTC"), CatchUp.ONE));
      world.restart();
      world.ask("ada", "read", "");
      assertThat(world.due("ada", "@note")).contains(at("02T00:00"));
      assertThat(world.due("ada", "@read")).isEmpty();
    }
  }

  // ---- what is set by actions ----

  @Test
  void anActionSetsReplacesAndCancels() {
    try (var world = new ReminderWorld()) {
      world.ask("ada", "every", "tea|PT10M");
      world.ask("ada", "cron", "report|0 0 9 * * MON-FRI|ONE|Europe/Berlin");
      world.ask("ada", "set", "later|PT5M");
      world.ask("ada", "once", "fixed|2030-01-01T00:07:00Z");
      assertThat(world.node.reminders(ReminderWorld.clerk("ada")))
          .extracting(Reminder::name, Reminder::due)
          .containsExactly(
              org.assertj.core.groups.Tuple.tuple("fixed", at("01T00:07")),
              org.assertj.core.groups.Tuple.tuple("later", at("01T00:05")),
              org.assertj.core.groups.Tuple.tuple("report", at("01T08:00")),
              org.assertj.core.groups.Tuple.tuple("tea", at("01T00:10")));

      world.advanceTo("2030-01-01T00:25:00Z");
      assertThat(world.kept("ada"))
          .containsExactly(at("01T00:05"), at("01T00:07"), at("01T00:10"), at("01T00:20"));
      assertThat(world.due("ada", "later")).as("once is over").isEmpty();

      world.ask("ada", "every", "tea|PT1H");
      world.advanceTo("2030-01-01T01:30:00Z");
      world.ask("ada", "cancel", "tea");
      world.advanceTo("2030-01-01T05:00:00Z");
      assertThat(world.kept("ada")).hasSize(5).endsWith(at("01T01:25"));
    }
  }

  @Test
  void aPlanIsDurableBeforeItsAnswerWhateverItsActor() {
    try (var world =
        new ReminderWorld(
            b -> b.durability(new Durability.Snapshot(Duration.ofHours(1))),
            settings -> settings)) {
      world.ask("ada", "every", "tea|PT10M");
      world.crash();
      world.restart();
      world.advanceTo("2030-01-01T00:15:00Z");
      assertThat(world.kept("ada")).containsExactly(at("01T00:10"));
    }
  }

  @Test
  void aSaveThatFailedTakesNothingAlongThatCameAfterIt() {
    try (var world =
        new ReminderWorld(
            b -> b.durability(new Durability.Snapshot(Duration.ofMinutes(10))),
            settings -> settings)) {
      world.ask(keyed("first", "count", ""));
      world.store.failCommits(CommitFault.LOST_REQUEST);
      world.store.keepSilent(true);
      world.advance(Duration.ofMinutes(11)); // the state is being saved, and nobody knows its fate
      List<Answer> planned = new ArrayList<>();
      world.node.invoke(keyed("second", "every", "tea|PT1H")).thenAccept(planned::add);
      world.runAll();
      assertThat(planned).as("is not durable yet").isEmpty();
      world.store.keepSilent(false);
      world.advance(Duration.ofMinutes(1));
      assertThat(planned.getFirst().orThrow().isNone()).isTrue();
      assertThat(world.count("ada")).isEqualTo(1);
      assertThat(world.due("ada", "tea")).contains(at("01T01:11"));
      for (String key : List.of("key:first", "key:second")) {
        assertThat(world.stored.agenda().reply(ReminderWorld.clerk("ada"), key)).isPresent();
      }
    }
  }

  private static Invocation keyed(String key, String action, String argument) {
    return Invocation.ask(ReminderWorld.clerk("ada"), action, ReminderWorld.payload(argument))
        .withOnce(Once.key(key));
  }

  @Test
  void whatIsOverHappensAtOnce() {
    try (var world = new ReminderWorld()) {
      world.ask("ada", "once", "late|2029-05-01T00:00:00Z");
      world.advance(Duration.ofMillis(50));
      assertThat(world.kept("ada")).containsExactly(Instant.parse("2029-05-01T00:00:00Z"));
    }
  }

  @Test
  void aReminderIsCancelledFromOutsideByItsName() {
    try (var world = new ReminderWorld()) {
      world.ask("ada", "every", "tea|PT10M");
      List<Answer> answers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        world.node.cancelReminder(ReminderWorld.clerk("ada"), "tea").thenAccept(answers::add);
        world.runAll();
      }
      assertThat(answers.get(0).orThrow().isNone()).isFalse();
      assertThat(answers.get(1).orThrow().isNone()).as("there is none any more").isTrue();
      world.advance(Duration.ofHours(1));
      assertThat(world.kept("ada")).isEmpty();
    }
  }

  @Test
  void aReminderThatCannotBeIsRefused() {
    try (var world = new ReminderWorld()) {
      assertThat(failure(world.ask("ada", "cron", "x|0 0 25 * * *")).message())
          .contains("position 5");
      Failure nobody = failure(world.ask("ada", "every", "x|PT1H|ONE|unknown"));
      assertThat(nobody.code()).isEqualTo(FailureCode.REPLY_INVALID);
      assertThat(nobody.message()).contains("'x'", "'unknown'", "does not declare");
      assertThat(world.node.reminders(ReminderWorld.clerk("ada"))).isEmpty();
    }
  }

  private static Failure failure(Answer answer) {
    assertThat(answer).isInstanceOf(Answer.Failed.class);
    return ((Answer.Failed) answer).failure();
  }

  // ---- later ----

  @Test
  void aMessageThatIsToArriveLaterSurvivesItsSenderAndArrivesOnce() {
    try (var world = new ReminderWorld()) {
      world.ask("ada", "send", "bob|PT10M");
      world.ask("ada", "send", "bob|PT20M");
      world.advance(Duration.ofMinutes(1));
      world.crash();
      world.restart();
      world.advanceTo("2030-01-01T00:10:01Z");
      assertThat(world.kept("bob")).containsExactly(at("01T00:10"));
      world.advanceTo("2030-01-01T03:00:00Z");
      assertThat(world.kept("bob")).containsExactly(at("01T00:10"), at("01T00:20"));
      assertThat(world.kept("ada")).isEmpty();
    }
  }

  @Test
  void whatIsSentLaterDependsOnTheCommit() {
    try (var world = new ReminderWorld()) {
      world.store.failCommits(CommitFault.UNAVAILABLE);
      assertThat(world.ask("ada", "send", "bob|PT10M")).isInstanceOf(Answer.Failed.class);
      world.advance(Duration.ofHours(1));
      assertThat(world.kept("bob")).isEmpty();
    }
  }

  @Test
  void aCallFromOutsideIsPlannedForLater() {
    try (var world = new ReminderWorld()) {
      List<Answer> answers = new ArrayList<>();
      for (String time : List.of("01T00:30", "01T00:30", "01T00:00")) {
        world
            .node
            .invokeAt(Invocation.tell(ReminderWorld.clerk("bob"), "note", Payload.NONE), at(time))
            .thenAccept(answers::add);
      }
      world.advance(Duration.ofSeconds(1));
      assertThat(answers).containsExactly(Answer.EMPTY, Answer.EMPTY, Answer.EMPTY);
      world.crash();
      world.advance(Duration.ofHours(1));
      world.restart();
      world.advance(Duration.ofMinutes(5));
      assertThat(world.kept("bob"))
          .containsExactlyInAnyOrder(at("01T00:00"), at("01T00:30"), at("01T00:30"));
    }
  }

  // ---- once ----

  @Test
  void whoeverFindsARowTwiceRemindsOnce() {
    try (var world = new ReminderWorld()) {
      world.ask("ada", "every", "tea|PT10M");
      Reminder asItWas =
          world.stored.agenda().reminder(ReminderWorld.clerk("ada"), "tea").orElseThrow();
      world.advanceTo("2030-01-01T00:10:01Z");
      // a row that was read before it was moved on, as a slow query gives it
      world.stale = asItWas;
      world.advance(Duration.ofMinutes(2));
      assertThat(world.kept("ada")).containsExactly(at("01T00:10"));
    }
  }

  @Test
  void whatIsCancelledButNotDurableYetIsNotRun() {
    try (var world = new ReminderWorld()) {
      world.ask("ada", "every", "count|PT10M");
      world.advanceTo("2030-01-01T00:09:59Z");
      // the store will have it, and nobody knows that yet
      world.store.failCommits(CommitFault.ZOMBIE);
      world.store.keepSilent(true);
      world.send("ada", "cancel", "count");
      world.send("ada", "count", "");
      world.advance(Duration.ofSeconds(3));
      world.store.land();
      world.store.keepSilent(false);
      world.advance(Duration.ofMinutes(1));
      assertThat(world.count("ada")).as("what was called, and not what was planned").isEqualTo(1);
      assertThat(world.due("ada", "count")).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(CommitFault.class)
  void aCommitThatFailsNeitherLosesNorDoublesATime(CommitFault fault) {
    try (var world = new ReminderWorld()) {
      world.ask("ada", "every", "tea|PT10M");
      world.advanceTo("2030-01-01T00:09:59Z");
      world.store.failCommits(fault);
      world.advance(Duration.ofMinutes(2));
      world.store.land();
      world.advanceTo("2030-01-01T00:25:00Z");
      assertThat(world.kept("ada")).containsExactly(at("01T00:10"), at("01T00:20"));
    }
  }

  @Test
  void aStoreThatIsAwayForAnHourIsCaughtUpWith() {
    try (var world = new ReminderWorld()) {
      world.ask("ada", "every", "tea|PT10M|ALL(100)");
      world.store.goAway();
      world.advance(Duration.ofHours(1).plusMinutes(5));
      world.store.comeBack();
      world.advance(Duration.ofMinutes(4));
      assertThat(world.kept("ada")).hasSize(6).startsWith(at("01T00:10")).endsWith(at("01T01:00"));
    }
  }

  // ---- failing ----

  @Test
  void aReminderThatFailsGoesOnAndSaysSo() {
    try (var world = new ReminderWorld()) {
      world.ask("ada", "every", "fail|PT10M");
      world.advanceTo("2030-01-01T00:10:03Z");
      assertThat(world.failed).as("attempts so far").hasSize(2);
      assertThat(world.due("ada", "fail")).contains(at("01T00:10"));
      world.advanceTo("2030-01-01T00:25:00Z");
      assertThat(world.failed).hasSize(10).containsOnly("ada fail");
      assertThat(world.due("ada", "fail")).contains(at("01T00:30"));
      List<DeadLetter> dead = world.stored.agenda().deadLetters(ReminderWorld.clerk("ada"), 0, 10);
      assertThat(dead)
          .extracting(letter -> letter.entry().metadata().get("spawn-reminder-planned"))
          .containsExactly("2030-01-01T00:10:00Z", "2030-01-01T00:20:00Z");
      assertThat(dead.getFirst().attempts()).isEqualTo(5);
      assertThat(dead.getFirst().reason().message()).contains("out of ink");
    }
  }

  // ---- missed ----

  @Test
  void whatWasMissedIsMadeUpByItsPolicy() {
    try (var world = new ReminderWorld()) {
      world.ask("skip", "every", "tea|PT1H|SKIP");
      world.ask("one", "every", "tea|PT1H|ONE");
      world.ask("all", "every", "tea|PT1H|ALL(5)");
      world.advance(Duration.ofSeconds(1));
      world.crash();
      world.advanceTo("2030-01-08T00:30:00Z");
      world.restart();
      world.advanceTo("2030-01-08T01:30:00Z");
      assertThat(world.kept("skip")).containsExactly(at("08T01:00"));
      assertThat(world.kept("one")).containsExactly(at("08T00:00"), at("08T01:00"));
      assertThat(world.kept("all"))
          .containsExactly(
              at("07T20:00"),
              at("07T21:00"),
              at("07T22:00"),
              at("07T23:00"),
              at("08T00:00"),
              at("08T01:00"));
    }
  }

  @Test
  void afterATimeAwayTheStoreIsNotOverrun() {
    try (var world = new ReminderWorld(b -> {}, settings -> settings.withRemindersPerSecond(100))) {
      for (int i = 0; i < 1_000; i++) {
        world.ask("a" + i, "every", "tea|PT1H");
      }
      world.crash();
      world.advanceTo("2030-01-02T00:30:00Z");
      world.restart();
      world.advance(Duration.ofSeconds(5));
      assertThat(world.late).hasSizeBetween(480, 520);
      world.advance(Duration.ofSeconds(6));
      assertThat(world.late).hasSize(1_000);
    }
  }

  @Test
  void aClockThatJumpsMakesNobodyMissOrRepeatATime() {
    try (var world = new ReminderWorld()) {
      world.ask("ada", "every", "tea|PT6H|ALL(10)");
      world.advanceTo("2030-01-01T07:00:00Z");
      world.timers.setWallClock(at("02T07:00"));
      world.advance(Duration.ofMinutes(5));
      assertThat(world.kept("ada"))
          .containsExactly(
              at("01T06:00"), at("01T12:00"), at("01T18:00"), at("02T00:00"), at("02T06:00"));
      world.timers.setWallClock(at("01T07:00"));
      world.advance(Duration.ofHours(30));
      assertThat(world.kept("ada")).hasSize(6).endsWith(at("02T12:00"));
    }
  }
}
