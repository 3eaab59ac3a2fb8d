package org.spawnmesh.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.admin.shop.EmbeddedShop;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An incident, solved through the console's API alone, in an application that has the console. */
class IncidentTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  @TempDir private Path folder;
  private ConfigurableApplicationContext shop;
  private Visitor visitor;

  @BeforeEach
  void start() throws Exception {
    shop =
        new SpringApplicationBuilder(EmbeddedShop.class)
            .web(WebApplicationType.REACTIVE)
            .properties(
                Map.of(
                    "spring.application.name", "shop",
                    "server.port", "0",
                    "spawn.admin.live-streams", "1",
                    "spawn.statestore.url", "jdbc:h2:" + folder.resolve("shop")))
            .run();
    int port = ((ReactiveWebServerApplicationContext) shop).getWebServer().getPort();
    visitor = new Visitor("http://127.0.0.1:" + port, "/console");
  }

  @AfterEach
  void stop() {
    visitor.close();
    shop.close();
  }

  private JsonNode ask(String path) throws Exception {
    return visitor.ask(path);
  }

  private String password() {
    String password = shop.getBean(Users.class).known().getFirst().password();
    return password.substring("{noop}".length());
  }

  private void logInAsAdmin() throws Exception {
    visitor.enter("admin", password());
  }

  private JsonNode change(String name, String operation, String more) throws Exception {
    return change("Cart", name, operation, more);
  }

  private JsonNode change(String type, String name, String operation, String more)
      throws Exception {
    return visitor.post(
        "actor",
        "{\"system\":\"shop\",\"type\":\"%s\",\"name\":\"%s\",\"operation\":\"%s\"%s}"
            .formatted(type, name, operation, more));
  }

  private JsonNode add(String cart, int quantity) throws Exception {
    return change(
        cart,
        "invoke",
        ",\"action\":\"add\",\"payload\":{\"product\":\"tea\",\"quantity\":%d,\"gift\":false}"
            .formatted(quantity));
  }

  @Test
  void theConsoleIsClosedAndTheApplicationIsAsOpenAsBefore() throws Exception {
    assertThat(visitor.outside("/hello").body()).isEqualTo("hello");
    assertThat(visitor.get("/api/overview").statusCode()).isEqualTo(401);
    assertThat(visitor.get("/mesh").headers().firstValue("Location")).contains("/console/login");
    assertThat(visitor.get("").headers().firstValue("Location")).contains("/console/");
    assertThat(visitor.logIn("admin", "guess")).isEqualTo("/console/login?error");
    assertThat(visitor.get("/api/overview").statusCode()).isEqualTo(401);
    HttpResponse<String> login = visitor.get("/login");
    assertThat(login.headers().firstValue("Content-Security-Policy"))
        .contains(ConsoleConfiguration.CONTENT_SECURITY_POLICY);
    assertThat(login.headers().firstValue("X-Frame-Options")).contains("DENY");
  }

  @Test
  void whoGuessesIsHeldUpAndWrittenDown() throws Exception {
    for (int i = 0; i < LoginBrake.MOST_OF_USER; i++) {
      assertThat(visitor.logIn("admin", "guess")).isEqualTo("/console/login?error");
    }
    assertThat(visitor.logIn("admin", "guess")).isEqualTo("/console/login?wait");
    // not even by the right password
    assertThat(visitor.logIn("admin", password())).isEqualTo("/console/login?wait");
    assertThat(visitor.get("/login?wait").body()).contains("Too many attempts");
    assertThat(visitor.get("/api/me").statusCode()).isEqualTo(401);
    JsonNode audit = shop.getBean(Console.class).bean(Audit.class).read(10);
    assertThat(audit.get("entries")).hasSize(2);
    assertThat(audit.at("/entries/1/user").asString()).isEqualTo("admin");
    assertThat(audit.at("/entries/1/target").asString()).isEqualTo("127.0.0.1");
    assertThat(audit.at("/entries/0/outcome").asString()).contains("too many attempts");
  }

  @Test
  void onlySoManyWatch() throws Exception {
    logInAsAdmin();
    HttpResponse<Stream<String>> first = visitor.live();
    assertThat(first.statusCode()).isEqualTo(200);
    HttpResponse<Stream<String>> second = visitor.live();
    assertThat(second.statusCode()).isEqualTo(429);
    assertThat(second.body()).anyMatch(line -> line.contains("\"code\":\"TOO_MANY_STREAMS\""));
    first.body().close();
  }

  @Test
  void aPoisonedCartAndABusyStockAreFoundAndMended() throws Exception {
    logInAsAdmin();
    Iterator<String> live = visitor.live().body().iterator();

    // a customer orders, then by a mistake a million pieces, and then nonsense again and again
    add("ada", 2);
    add("ada", 1_000_000);
    boolean failing = false;
    boolean busy = false;
    while (!failing || !busy) {
      add("ada", -1);
      String line = live.next();
      if (line.startsWith("data:") && line.contains("\"hottest\"")) {
        JsonNode seen = JSON.readTree(line.substring(5));
        for (JsonNode call : seen.get("calls")) {
          failing |=
              call.get("failures").asDouble() > 0
                  && call.get("type").asString().equals("Cart")
                  && call.get("action").asString().equals("add");
        }
        for (JsonNode hot : seen.get("hottest")) {
          busy |= hot.get("actor").asString().equals("Cart/ada");
        }
      }
    }

    // nobody shall make it worse while we look
    assertThat(change("ada", "pause", "").get("done").asBoolean()).isTrue();
    assertThat(add("ada", 1).at("/failure/code").asString()).isEqualTo("SP2010");

    // who did it, and what was it before?
    JsonNode history = ask("history?system=shop&type=Cart&name=ada").get("revisions");
    assertThat(history.at("/0/state/json/quantities/tea").asInt()).isEqualTo(1_000_002);
    assertThat(history.at("/1/state/json/quantities/tea").asInt()).isEqualTo(2);

    // keep the evidence, mend, let it go on
    assertThat(change("ada-evidence", "restore", ",\"from\":\"ada\"").get("done").asBoolean())
        .isTrue();
    assertThat(change("ada", "restore", ",\"revision\":1").get("done").asBoolean()).isTrue();
    change("ada", "resume", "");
    assertThat(add("ada", 1).at("/answer/json/quantities/tea").asInt()).isEqualTo(3);
    assertThat(
            ask("actor?system=shop&type=Cart&name=ada-evidence")
                .at("/stored/state/json/quantities/tea")
                .asInt())
        .isEqualTo(1_000_002);

    JsonNode audit = ask("audit");
    assertThat(audit.get("brokenAt").isNull()).isTrue();
    assertThat(audit.get("entries").toString())
        .contains("\"what\":\"pause\"", "\"what\":\"resume\"", "\"target\":\"Cart/ada-evidence\"")
        .doesNotContain("1000000");
  }

  private List<String> lateReminders() throws Exception {
    return ask("agenda/reminders?system=shop&type=Cart&limit=100&due="
            + Visitor.encoded(Instant.now().toString()))
        .get("rows")
        .findValuesAsString("name");
  }

  private JsonNode reminders(String operation, String name, boolean preview) throws Exception {
    return visitor.post(
        "agenda",
        """
        {"system":"shop","type":"Cart","part":"reminders","operation":"%s","preview":%b,
         "rows":[{"name":"%s","reminder":"offer"}]}
        """
            .formatted(operation, preview, name));
  }

  @Test
  void aStuckReminderIsFoundUnderstoodAndMended() throws Exception {
    logInAsAdmin();
    // two customers want offers and have nothing in their carts: their reminders fail and fail
    for (String name : List.of("bob", "eve")) {
      change(name, "invoke", ",\"action\":\"subscribe\"");
    }
    add("ada", 1);
    change("ada", "invoke", ",\"action\":\"subscribe\"");
    while (!lateReminders().containsAll(List.of("bob", "eve"))) {
      Thread.onSpinWait();
    }

    // why? what it runs can be run by hand
    JsonNode bob = ask("agenda/actor?system=shop&type=Cart&name=bob");
    assertThat(bob.at("/reminders/rows/0/action").asString()).isEqualTo("offer");
    JsonNode failure = change("bob", "invoke", ",\"action\":\"offer\"").get("failure");
    assertThat(failure.get("code").asString()).isEqualTo("SP3001");
    assertThat(failure.get("message").asString()).contains("nothing to make an offer for");

    // bob wants no offers: it is looked at first, and then done
    assertThat(reminders("cancel", "bob", true).get("rows")).hasSize(1);
    assertThat(ask("agenda/actor?system=shop&type=Cart&name=bob").at("/reminders/rows")).hasSize(1);
    JsonNode cancelled = reminders("cancel", "bob", false);
    assertThat(cancelled.get("rows")).hasSize(1);
    assertThat(cancelled.get("failure").isNull()).isTrue();
    assertThat(ask("agenda/actor?system=shop&type=Cart&name=bob").at("/reminders/rows")).isEmpty();

    // eve's cart gets what it was to have: her reminder goes on by itself
    add("eve", 1);
    while (ask("actor?system=shop&type=Cart&name=eve").at("/stored/state/json/gifts").asInt() < 1) {
      Thread.onSpinWait();
    }
    assertThat(lateReminders()).doesNotContain("bob");
    assertThat(ask("audit").get("entries").toString())
        .contains("\"what\":\"cancel reminders\"", "bob/offer")
        .doesNotContain("eve/offer");
  }
}
