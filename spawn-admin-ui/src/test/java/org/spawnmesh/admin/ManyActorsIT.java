package org.spawnmesh.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.spawnmesh.admin.shop.EmbeddedShop;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/**
 * A million actors on PostgreSQL, none in memory, listed and searched through the console's API, as
 * its page does it. A measurement, made when asked for: {@code -Dspawn.measure=true}.
 */
@EnabledIfSystemProperty(named = "spawn.measure", matches = "true")
class ManyActorsIT {

  private static final Logger log = LoggerFactory.getLogger(ManyActorsIT.class);

  private static final int ACTORS = Integer.getInteger("spawn.measure.actors", 1_000_000);
  private static final int QUESTIONS = Integer.getInteger("spawn.measure.questions", 1_000);
  private static final int WARM_UP = 500;
  private static final String NAME = "customer-%07d";

  /** Always the same questions. */
  private final Random random = new Random(1);

  private interface Question {
    String ask();
  }

  @Test
  void anyPageAndAnyPrefixIsShownAtOnceAndWakesNobody() throws Exception {
    try (EmbeddedPostgres database = EmbeddedPostgres.builder().start();
        ConfigurableApplicationContext shop =
            new SpringApplicationBuilder(EmbeddedShop.class)
                .web(WebApplicationType.REACTIVE)
                .properties(
                    Map.of(
                        "spring.application.name", "shop",
                        "server.port", "0",
                        "spawn.admin.users[0].name", "ada",
                        "spawn.admin.users[0].password", "secret",
                        "spawn.admin.users[0].roles", "VIEWER",
                        "spawn.statestore.url", database.getJdbcUrl("postgres", "postgres")))
                .run();
        Visitor visitor =
            new Visitor(
                "http://127.0.0.1:"
                    + ((ReactiveWebServerApplicationContext) shop).getWebServer().getPort(),
                "/console")) {
      insert(database);
      visitor.enter("ada", "secret");
      List<Long> longest = new ArrayList<>();
      longest.add(measure(visitor, "page of 50, anywhere", 50, () -> "&limit=50&after=" + name()));
      longest.add(
          measure(visitor, "page of 500, anywhere", 500, () -> "&limit=500&after=" + name()));
      longest.add(
          measure(
              visitor,
              "prefix search",
              1,
              () -> "&limit=50&prefix=" + name().substring(0, 1 + random.nextInt(16))));
      longest.add(turn(visitor));
      JsonNode types = visitor.ask("overview").at("/systems/0/types");
      assertThat(types.findValues("activations")).allMatch(number -> number.asInt() == 0);
      assertThat(longest).allMatch(nanos -> nanos < 100_000_000);
    }
  }

  /** Not too near to the end: there are 500 behind it. */
  private String name() {
    return NAME.formatted(random.nextInt(ACTORS - 501));
  }

  private static JsonNode ask(Visitor visitor, String more) throws Exception {
    return visitor.ask("actors?system=shop&type=Cart" + more);
  }

  /**
   * @param least how many actors are in each answer
   * @return the longest time, in nanoseconds
   */
  private static long measure(Visitor visitor, String what, int least, Question question)
      throws Exception {
    List<Long> times = new ArrayList<>();
    for (int i = -WARM_UP; i < QUESTIONS; i++) {
      String asked = question.ask();
      long begin = System.nanoTime();
      JsonNode page = ask(visitor, asked);
      if (i >= 0) {
        times.add(System.nanoTime() - begin);
      }
      assertThat(page.get("actors").size()).as(asked).isGreaterThanOrEqualTo(least);
    }
    return tell(what, times);
  }

  /** Leafs through the list from its beginning, as somebody who presses "Next page". */
  private static long turn(Visitor visitor) throws Exception {
    List<Long> times = new ArrayList<>();
    String after = "";
    for (int i = 0; i < QUESTIONS; i++) {
      long begin = System.nanoTime();
      JsonNode page = ask(visitor, "&limit=500&after=" + after);
      times.add(System.nanoTime() - begin);
      if (page.get("next").isNull()) {
        break;
      }
      after = page.get("next").asString();
    }
    return tell("page after page of 500, " + times.size() + " of them", times);
  }

  private static long tell(String what, List<Long> times) {
    times.sort(null);
    log.info(
        "{} of {} actors: median {} ms, p99 {} ms, longest {} ms",
        what,
        ACTORS,
        times.get(times.size() / 2) / 10_000 / 100.0,
        times.get(times.size() * 99 / 100) / 10_000 / 100.0,
        times.getLast() / 10_000 / 100.0);
    return times.getLast();
  }

  private static void insert(EmbeddedPostgres database) throws SQLException {
    try (Connection connection = database.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          insert into spawn_snapshot
            (system, type, name, revision, based_on, state_type, state, tags)
          select 'shop', 'Cart', 'customer-' || lpad(i::text, 7, '0'), 1, 0,
            'type.googleapis.com/spawn.JSONType',
            convert_to('{"quantities":{"tea":1},"gifts":0,"coupon":"none"}', 'UTF8'), null
          from generate_series(0, %d) i
          """
              .formatted(ACTORS - 1));
      statement.execute("vacuum analyze spawn_snapshot");
    }
  }
}
