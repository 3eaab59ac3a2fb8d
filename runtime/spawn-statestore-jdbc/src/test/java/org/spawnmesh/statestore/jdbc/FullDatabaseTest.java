package org.spawnmesh.statestore.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.spawnmesh.actor.Answer;
import org.spawnmesh.actor.Execution;
import org.spawnmesh.actor.Failure;
import org.spawnmesh.actor.FailureCode;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Once;
import org.spawnmesh.actor.Payload;

/** A database without space, a real one: SQLite that may have no more pages. */
class FullDatabaseTest {

  private static final String SYSTEM = "full";

  /** Some more than the empty tables have. */
  private static final int PAGES = 100;

  private final Path file = Databases.folder().resolve("full.db");

  /** The answers of the keyed calls that were answered. */
  private final List<String> answered = new ArrayList<>();

  private CountingNode node(String parameters) {
    String url = "jdbc:sqlite:" + file + parameters;
    return new CountingNode(
            JdbcStateStore.builder(new StorePool(url, null, null, 2)).system(SYSTEM).build(),
            SYSTEM)
        .start();
  }

  private static Answer add(CountingNode node, int number) {
    return CountingNode.answer(
        node.node
            .invoke(
                Invocation.ask(node.actor("a" + number), "add", Payload.NONE)
                    .withOnce(Once.key("k" + number)))
            .toCompletableFuture());
  }

  private static String text(Payload payload) {
    return new String(payload.bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void whatDoesNotFitIsRefusedAndNothingElseIsLost() {
    try (CountingNode node = node("?max_page_count=" + PAGES)) {
      Failure full = fill(node);
      assertThat(full.code()).isEqualTo(FailureCode.STORE_UNAVAILABLE);
      assertThat(full.execution()).isEqualTo(Execution.NOT_EXECUTED);
      assertThat(full.message()).containsIgnoringCase("full");

      // the node still is one: it reads, and refuses
      assertThat(CountingNode.number(CountingNode.answer(node.send("a0", "read")).orThrow()))
          .isEqualTo(1);
      assertThat(add(node, answered.size())).isInstanceOf(Answer.Failed.class);
    }
    try (CountingNode node = node("")) { // there is space again
      for (int i = 0; i < answered.size(); i++) {
        assertThat(text(add(node, i).orThrow())).as("a%d", i).isEqualTo(answered.get(i));
      }
      assertThat(CountingNode.number(add(node, answered.size()).orThrow())).isEqualTo(1);
      assertThat(node.add("a0")).isEqualTo(2);
    }
  }

  /** Calls one actor after the other until there is no space. */
  private Failure fill(CountingNode node) {
    for (int i = 0; i < 100_000; i++) {
      switch (add(node, i)) {
        case Answer.Ok ok -> answered.add(text(ok.payload()));
        case Answer.Failed failed -> {
          return failed.failure();
        }
      }
    }
    throw new AssertionError("SQLite takes more than its pages hold");
  }
}
