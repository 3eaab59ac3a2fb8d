package org.spawnmesh.spring.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
import org.spawnmesh.actor.Timing;
import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;
import org.spawnmesh.spring.ActorContext;
import org.spawnmesh.spring.Reply;
import org.spawnmesh.spring.Sensitive;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The management API over HTTP, of a node that is alone. */
class ManagementTest {

  private static final String TOKEN = "a-token-for-the-tests";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  record Deposit(int amount, String from) {}

  record Balance(int cents, @Sensitive String lastFrom) {}

  private static final CountDownLatch LET_GO = new CountDownLatch(1);

  @Actor(history = 10)
  static class Account {

    @Action
    Reply<Balance> deposit(Deposit deposit, ActorContext<Balance> account) {
      if (deposit.amount() < 0) {
        throw new IllegalArgumentException("a negative amount");
      }
      Balance next =
          new Balance(
              account.state().map(Balance::cents).orElse(0) + deposit.amount(), deposit.from());
      return Reply.of(next).state(next);
    }

    @Action
    int read(ActorContext<Balance> account) {
      return account.state().map(Balance::cents).orElse(0);
    }

    /** Takes it from another account, and looks a day later. */
    @Action
    Reply<Void> pull(String from) {
      return Reply.<Void>empty()
          .effect("Account", from, "withdraw", 5)
          .remind("look", Timing.after(Duration.ofDays(1)), "read");
    }

    @Action
    boolean hold() throws InterruptedException {
      LET_GO.await();
      return true;
    }

    @Action
    Reply<Void> withdraw(int amount, ActorContext<Balance> account) {
      int cents = account.state().map(Balance::cents).orElse(0);
      if (cents < amount) {
        throw new IllegalStateException("there is only " + cents);
      }
      return Reply.<Void>empty().state(new Balance(cents - amount, "nobody"));
    }
  }

  /** Holds what it is given, as an actor of a host does: a type and bytes. */
  @Actor
  static class Box {

    @Action
    Reply<Void> fill(int mode, ActorContext<Payload> box) {
      byte[] bytes = mode == 0 ? MessageTypesTest.cart().toByteArray() : new byte[] {1, 2};
      String type = mode == 0 ? "type.googleapis.com/shop.Cart" : "type.googleapis.com/of.Others";
      return Reply.<Void>empty().state(Payload.of(type, bytes));
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import({Account.class, Box.class})
  static class Application {}

  @TempDir private Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private ConfigurableApplicationContext context;
  private int port;

  @BeforeEach
  void start() throws IOException {
    Path descriptors = folder.resolve("shop.descriptors");
    Files.write(descriptors, MessageTypesTest.descriptors().toByteArray());
    context =
        new SpringApplicationBuilder(Application.class)
            .web(WebApplicationType.NONE)
            .properties(
                Map.of(
                    "spring.application.name",
                    "bank",
                    "spawn.statestore.url",
                    "jdbc:h2:" + folder.resolve("bank"),
                    "spawn.limits.delivery-attempts",
                    "1",
                    "spawn.management.port",
                    "0",
                    "spawn.management.descriptors",
                    descriptors.toString(),
                    "spawn.management.token",
                    TOKEN))
            .run();
    port = context.getBean(ManagementServer.class).port();
  }

  @AfterEach
  void stop() {
    context.close();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("Authorization", "Bearer " + TOKEN);
  }

  private JsonNode send(HttpRequest request, int status) throws Exception {
    var response = http.send(request, BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    return JSON.readTree(response.body());
  }

  private JsonNode get(String path) throws Exception {
    return send(request(path).build(), 200);
  }

  private JsonNode post(String path, String body) throws Exception {
    return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)).build(), 200);
  }

  private JsonNode deposit(String name, int amount) throws Exception {
    return post(
        "/v1/types/Account/actors/" + name + "/invoke",
        "{\"action\":\"deposit\",\"payload\":{\"amount\":%d,\"from\":\"bob\"}}".formatted(amount));
  }

  private void sleep(String name) throws Exception {
    assertThat(post("/v1/types/Account/actors/" + name + "/deactivate", "").get("done"))
        .isNotNull();
    while (!post("/v1/types/Account/actors/" + name + "/deactivate", "")
        .get("done")
        .booleanValue()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void nobodyAsksWithoutTheToken() throws Exception {
    URI node = URI.create("http://127.0.0.1:" + port + "/v1/node");
    send(HttpRequest.newBuilder(node).build(), 401);
    send(HttpRequest.newBuilder(node).header("Authorization", "Bearer wrong").build(), 401);
    assertThat(get("/v1/node").get("system").stringValue()).isEqualTo("bank");
  }

  @Test
  void aPortWithoutATokenIsNoStart() {
    assertThatThrownBy(
            () ->
                new SpringApplicationBuilder(Application.class)
                    .web(WebApplicationType.NONE)
                    .properties("spawn.management.port=0")
                    .run())
        .rootCause()
        .hasMessageContaining("spawn.management.token");
  }

  @Test
  void anActorIsInvokedAndShownWithoutWhatIsSensitive() throws Exception {
    assertThat(deposit("alice", 7).at("/answer/json/cents").intValue()).isEqualTo(7);
    assertThat(deposit("alice", -7).at("/failure/code").stringValue()).isEqualTo("SP3001");
    sleep("alice");

    JsonNode alice = get("/v1/types/Account/actors/alice");

    assertThat(alice.get("phase").stringValue()).isEqualTo("asleep");
    assertThat(alice.at("/stored/revision").intValue()).isEqualTo(1);
    assertThat(alice.at("/stored/state/json/cents").intValue()).isEqualTo(7);
    assertThat(alice.at("/stored/state/json/lastFrom").stringValue()).isEqualTo("•••");
    assertThat(deposit("alice", 1).at("/answer/json/lastFrom").stringValue()).isEqualTo("•••");
  }

  @Test
  void aTypeSaysWhatItsActionsTake() throws Exception {
    JsonNode actions = get("/v1/types/Account").get("actions");

    assertThat(actions.get(0).get("name").stringValue()).isEqualTo("deposit");
    assertThat(actions.at("/0/payload/properties/amount/type").stringValue()).isEqualTo("integer");
    assertThat(actions.at("/0/required").booleanValue()).isTrue();
    assertThat(actions.at("/1/payload").isNull()).isTrue();
    send(request("/v1/types/Nothing").build(), 404);
  }

  @Test
  void storedActorsArePagedAndFoundByPrefixWithoutWakingOne() throws Exception {
    for (String name : new String[] {"a%2Fb", "alice", "anna", "bob"}) {
      deposit(name, 1);
      sleep(name);
    }

    JsonNode first = get("/v1/types/Account/actors?limit=2");
    assertThat(first.at("/actors/0/name").stringValue()).isEqualTo("a/b");
    assertThat(first.at("/actors/1/phase").stringValue()).isEqualTo("asleep");
    assertThat(first.get("next").stringValue()).isEqualTo("alice");
    JsonNode second = get("/v1/types/Account/actors?limit=2&after=alice");
    assertThat(second.at("/actors/1/name").stringValue()).isEqualTo("bob");
    assertThat(second.get("next").isNull()).isTrue();
    assertThat(get("/v1/types/Account/actors?prefix=an").get("actors").size()).isEqualTo(1);
    assertThat(get("/v1/node").at("/types/0/activations").intValue()).isZero();
    send(request("/v1/types/Account/actors?limit=501").build(), 400);
  }

  @Test
  void actorsInMemoryAreListedToo() throws Exception {
    for (String name : new String[] {"alice", "anna", "bob"}) {
      deposit(name, 1);
    }
    sleep("anna");

    assertThat(get("/v1/types/Account/active?prefix=a").get("actors").size()).isEqualTo(1);
    assertThat(get("/v1/types/Account/active?prefix=alice").get("actors").size()).isEqualTo(1);
    assertThat(get("/v1/types/Account/active?limit=1").get("next").stringValue())
        .isEqualTo("alice");
    assertThat(get("/v1/types/Account/active?limit=1&after=alice").get("next").isNull()).isTrue();
    assertThat(get("/v1/types/Account/active?prefix=b&limit=1").at("/actors/0/name").stringValue())
        .isEqualTo("bob");
    assertThat(post("/v1/types/Account/lookup", "{\"names\":[\"alice\",\"anna\"]}").propertyNames())
        .containsExactly("alice");
  }

  @Test
  void whoIsPausedIsListedByPhase() throws Exception {
    for (String name : new String[] {"alice", "anna", "bob"}) {
      deposit(name, 1);
      post("/v1/types/Account/actors/" + name + "/pause", "{\"why\":\"ada looks into it\"}");
    }
    deposit("eve", 1);

    JsonNode page = get("/v1/types/Account/active?phase=paused&limit=2");
    assertThat(page.get("actors").findValuesAsString("name")).containsExactly("alice", "anna");
    assertThat(page.at("/actors/0/phase").stringValue()).isEqualTo("paused");
    assertThat(page.at("/actors/0/why").stringValue()).contains("ada");
    assertThat(page.get("next").stringValue()).isEqualTo("anna");
    JsonNode rest = get("/v1/types/Account/active?phase=paused&after=anna");
    assertThat(rest.get("actors").findValuesAsString("name")).containsExactly("bob");
    assertThat(rest.get("next").isNull()).isTrue();
    assertThat(get("/v1/types/Account/active?phase=paused&prefix=an").get("actors").size())
        .isEqualTo(1);
    assertThat(get("/v1/types/Account/active?phase=quarantined").get("actors").size()).isZero();
    assertThat(get("/v1/types/Account/active?phase=idle").get("actors").findValuesAsString("name"))
        .containsExactly("eve");
    assertThat(get("/v1/types/Account/active?phase=paused,quarantined").get("actors").size())
        .isEqualTo(3);
    send(request("/v1/types/Account/active?phase=happy").build(), 400);
    send(request("/v1/types/Account/active?phase=paused,idle").build(), 400);
  }

  @Test
  void anEarlierRevisionIsRestoredAndForked() throws Exception {
    deposit("alice", 5);
    deposit("alice", 5);

    assertThat(
            post("/v1/types/Account/actors/alice/restore", "{\"revision\":1}")
                .get("done")
                .booleanValue())
        .isTrue();
    JsonNode history = get("/v1/types/Account/actors/alice/history").get("revisions");
    assertThat(history.at("/0/action").stringValue()).isEqualTo("restore 1");
    assertThat(history.at("/0/state/json/cents").intValue()).isEqualTo(5);
    assertThat(history.at("/1/action").stringValue()).isEqualTo("deposit");

    String fork = "{\"from\":\"alice\",\"revision\":2}";
    assertThat(post("/v1/types/Account/actors/copy/restore", fork).get("done").booleanValue())
        .isTrue();
    assertThat(get("/v1/types/Account/actors/copy").at("/stored/state/json/cents").intValue())
        .isEqualTo(10);
    assertThat(
            post("/v1/types/Account/actors/copy/restore", fork)
                .at("/failure/message")
                .stringValue())
        .contains("exists already");
    send(
        request("/v1/types/Account/actors/alice/restore")
            .POST(HttpRequest.BodyPublishers.ofString("{\"revision\":99}"))
            .build(),
        404);
    // the mask is for eyes only
    assertThat(deposit("copy", 1).at("/answer/json/cents").intValue()).isEqualTo(11);
  }

  private void pull(String to, String from) throws Exception {
    post(
        "/v1/types/Account/actors/" + to + "/invoke",
        "{\"action\":\"pull\",\"payload\":\"%s\"}".formatted(from));
  }

  private void awaitDeadLetters(int count) throws Exception {
    while (get("/v1/types/Account/dead-letters").get("total").intValue() != count) {
      Thread.onSpinWait();
    }
  }

  private static String rows(JsonNode page) {
    return page.get("rows").toString();
  }

  private static List<String> names(JsonNode page) {
    return page.get("rows").valueStream().map(row -> row.get("name").stringValue()).toList();
  }

  @Test
  void deadLettersOfManyActorsArePagedRetriedAndDropped() throws Exception {
    for (String name : List.of("ada", "alice", "bob")) {
      pull(name, "poor");
    }
    awaitDeadLetters(3);

    JsonNode first = get("/v1/types/Account/dead-letters?limit=2");
    assertThat(names(first)).containsExactly("ada", "alice");
    assertThat(first.at("/rows/0/target").stringValue()).isEqualTo("Account/poor");
    assertThat(first.at("/rows/0/failure/code").stringValue()).isEqualTo("SP3001");
    assertThat(first.at("/rows/0/attempts").intValue()).isEqualTo(1);
    String next = URLEncoder.encode(first.get("next").stringValue(), StandardCharsets.UTF_8);
    JsonNode second = get("/v1/types/Account/dead-letters?limit=2&after=" + next);
    assertThat(names(second)).containsExactly("bob");
    assertThat(second.get("next").isNull()).isTrue();
    assertThat(names(get("/v1/types/Account/dead-letters?prefix=a")))
        .containsExactly("ada", "alice");
    send(request("/v1/types/Account/dead-letters?after=nonsense").build(), 400);
    assertThat(rows(get("/v1/types/Account/actors/ada/dead-letters")))
        .isEqualTo("[" + first.at("/rows/0") + "]");

    // a preview touches nothing, and tells what is gone
    String chosen =
        "{\"operation\":\"%s\",\"preview\":%s,\"rows\":[{\"name\":\"nobody\",\"sequence\":1},"
            + first.at("/rows/0")
            + ","
            + first.at("/rows/1")
            + "]}";
    JsonNode preview = post("/v1/types/Account/dead-letters", chosen.formatted("retry", true));
    assertThat(rows(preview)).isEqualTo(rows(first));
    assertThat(preview.get("gone").intValue()).isEqualTo(1);
    assertThat(get("/v1/types/Account/dead-letters").get("total").intValue()).isEqualTo(3);

    deposit("poor", 12);
    JsonNode retried = post("/v1/types/Account/dead-letters", chosen.formatted("retry", false));
    assertThat(rows(retried)).isEqualTo(rows(first));
    assertThat(retried.get("gone").intValue()).isEqualTo(1);
    assertThat(retried.get("done").booleanValue()).isTrue();
    while (get("/v1/types/Account/actors/poor").at("/stored/state/json/cents").intValue() != 2) {
      Thread.onSpinWait();
    }
    assertThat(names(get("/v1/types/Account/dead-letters"))).containsExactly("bob");

    JsonNode dropped =
        post(
            "/v1/types/Account/dead-letters",
            "{\"operation\":\"drop\",\"rows\":%s}".formatted(rows(second)));
    assertThat(names(dropped)).containsExactly("bob");
    assertThat(get("/v1/types/Account/dead-letters").get("total").intValue()).isZero();
    assertThat(
            post(
                    "/v1/types/Account/dead-letters",
                    "{\"operation\":\"drop\",\"rows\":%s}".formatted(rows(second)))
                .get("done")
                .booleanValue())
        .isFalse();
    assertThat(get("/v1/types/Account/actors/poor").at("/stored/state/json/cents").intValue())
        .isEqualTo(2);
  }

  @Test
  void remindersOfManyActorsArePagedAndCancelled() throws Exception {
    deposit("poor", 20);
    for (String name : List.of("ada", "bob", "cleo")) {
      pull(name, "poor");
    }

    JsonNode first = get("/v1/types/Account/reminders?limit=2");
    assertThat(names(first)).containsExactly("ada", "bob");
    assertThat(first.at("/rows/0/reminder").stringValue()).isEqualTo("look");
    assertThat(first.at("/rows/0/action").stringValue()).isEqualTo("read");
    String next = URLEncoder.encode(first.get("next").stringValue(), StandardCharsets.UTF_8);
    assertThat(names(get("/v1/types/Account/reminders?limit=2&after=" + next)))
        .containsExactly("cleo");
    assertThat(names(get("/v1/types/Account/reminders?prefix=b"))).containsExactly("bob");
    assertThat(names(get("/v1/types/Account/actors/bob/reminders"))).containsExactly("bob");
    Instant due = Instant.parse(first.at("/rows/0/due").stringValue());
    assertThat(names(get("/v1/types/Account/reminders?due=" + due))).contains("ada");
    assertThat(names(get("/v1/types/Account/reminders?due=" + due.minusSeconds(3600)))).isEmpty();
    send(request("/v1/types/Account/reminders?due=tomorrow").build(), 400);

    String cancel = "{\"operation\":\"cancel\",\"preview\":%s,\"rows\":%s}";
    assertThat(names(post("/v1/types/Account/reminders", cancel.formatted(true, rows(first)))))
        .containsExactly("ada", "bob");
    assertThat(names(post("/v1/types/Account/reminders", cancel.formatted(false, rows(first)))))
        .containsExactly("ada", "bob");
    assertThat(names(get("/v1/types/Account/reminders"))).containsExactly("cleo");
    send(
        request("/v1/types/Account/reminders")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"operation\":\"retry\",\"rows\":%s}".formatted(rows(first))))
            .build(),
        400);
    send(
        request("/v1/types/Account/reminders")
            .POST(HttpRequest.BodyPublishers.ofString("{\"operation\":\"cancel\",\"rows\":[]}"))
            .build(),
        400);
  }

  @Test
  void anActorsOutboxIsShownAndCancelledAndItsRepliesToo() throws Exception {
    deposit("rich", 20);
    pull("ada", "rich");
    while (get("/v1/types/Account/actors/rich/replies").get("rows").isEmpty()) {
      Thread.onSpinWait();
    }
    assertThat(get("/v1/types/Account/actors/rich/replies").at("/rows/0/source").stringValue())
        .contains("ada");

    // what is due to an actor whose mailbox never empties waits
    post("/v1/types/Account/actors/held/invoke", "{\"action\":\"hold\",\"mode\":\"tell\"}");
    pull("bob", "held");
    JsonNode outbox = get("/v1/types/Account/actors/bob/outbox");
    assertThat(outbox.at("/rows/0/target").stringValue()).isEqualTo("Account/held");
    assertThat(
            names(
                post(
                    "/v1/types/Account/outbox",
                    "{\"operation\":\"cancel\",\"rows\":%s}".formatted(rows(outbox)))))
        .containsExactly("bob");
    assertThat(get("/v1/types/Account/actors/bob/outbox").get("rows").isEmpty()).isTrue();
    LET_GO.countDown();
  }

  @Test
  void aProtobufStateIsShownAsJsonIfItsTypeIsKnown() throws Exception {
    post("/v1/types/Box/actors/a/invoke", "{\"action\":\"fill\",\"payload\":0}");
    JsonNode state = get("/v1/types/Box/actors/a").at("/stored/state");
    assertThat(state.at("/json/customerName").stringValue()).isEqualTo("ada");
    assertThat(state.at("/json/coupon").stringValue()).isEqualTo("•••");
    assertThat(state.has("hex")).isFalse();

    post("/v1/types/Box/actors/a/invoke", "{\"action\":\"fill\",\"payload\":1}");
    state = get("/v1/types/Box/actors/a").at("/stored/state");
    assertThat(state.get("type").stringValue()).isEqualTo("type.googleapis.com/of.Others");
    assertThat(state.get("hex").stringValue()).isEqualTo("0102");
  }

  @Test
  void aFileThatIsNoDescriptorSetIsNoStart() throws Exception {
    Path wrong = Files.writeString(folder.resolve("wrong"), "hello");
    assertThatThrownBy(
            () ->
                new SpringApplicationBuilder(Application.class)
                    .web(WebApplicationType.NONE)
                    .properties(
                        "spawn.management.port=0",
                        "spawn.management.token=" + TOKEN,
                        "spawn.management.descriptors=" + wrong)
                    .run())
        .rootCause()
        .hasStackTraceContaining("spawn.management.descriptors");
  }

  @Test
  void aPausedActorIsShownAsSuchAndResumed() throws Exception {
    deposit("alice", 5);
    post("/v1/types/Account/actors/alice/pause", "{\"why\":\"ops looks into it\"}");

    assertThat(get("/v1/types/Account/actors/alice").get("phase").stringValue())
        .isEqualTo("paused");
    assertThat(deposit("alice", 5).at("/failure/code").stringValue()).isEqualTo("SP2010");
    assertThat(deposit("alice", 5).at("/failure/message").stringValue())
        .contains("ops looks into it");

    post("/v1/types/Account/actors/alice/resume", "");
    assertThat(deposit("alice", 5).at("/answer/json/cents").intValue()).isEqualTo(10);
  }

  @Test
  void whoeverWatchesSeesWhatHappens() throws Exception {
    LiveFigures figures = context.getBean(LiveFigures.class);
    assertThat(figures.isWatched()).isFalse();
    assertThat(
            figures.invoked(
                Invocation.ask(ActorId.of("bank", "Account", "a"), "read", Payload.NONE)))
        .as("while nobody watches, nothing is kept of a call")
        .isNull();
    var response =
        http.send(request("/v1/live?interval=200").build(), BodyHandlers.ofInputStream());
    try (var lines = new BufferedReader(new InputStreamReader(response.body()))) {
      long calls = 0;
      long commits = 0;
      int sent = 0;
      while (calls < 5 || commits < 1) {
        String line = lines.readLine();
        if (line.startsWith("data: {\"calls\":") && !line.startsWith("data: {\"calls\":[")) {
          JsonNode frame = JSON.readTree(line.substring(6));
          calls += frame.get("calls").longValue();
          commits += frame.get("commits").longValue();
          assertThat(frame.get("status").stringValue()).isEqualTo("ACCEPTING");
          for (; sent < 5; sent++) {
            deposit("alice", 1);
          }
        }
      }
      assertThat(calls).isEqualTo(5);
      assertThat(figures.isWatched()).isTrue();
    }
  }

  @Test
  void onlySoManyWatchAtOnce() throws Exception {
    HttpRequest watch = request("/v1/live?interval=200").build();
    List<InputStream> watching = new ArrayList<>();
    try {
      for (int i = 0; i < LiveStreams.MOST; i++) {
        var response = http.send(watch, BodyHandlers.ofInputStream());
        assertThat(response.statusCode()).isEqualTo(200);
        watching.add(response.body());
      }
      assertThat(send(watch, 429).get("code").stringValue()).isEqualTo("TOO_MANY_STREAMS");
      assertThat(get("/v1/node").get("system").stringValue()).isEqualTo("bank");

      // who goes leaves a place, as soon as the node sees it
      watching.removeFirst().close();
      int status;
      do {
        var response = http.send(watch, BodyHandlers.ofInputStream());
        status = response.statusCode();
        watching.add(response.body());
      } while (status == 429);
      assertThat(status).isEqualTo(200);
    } finally {
      for (InputStream each : watching) {
        each.close();
      }
    }
  }

  @Test
  void aNodeThatStopsEndsWhoeverWatches() throws Exception {
    var response =
        http.send(request("/v1/live?interval=60000").build(), BodyHandlers.ofInputStream());
    context.getBean(ManagementServer.class).stop();
    try (InputStream events = response.body()) {
      assertThat(events.readAllBytes()).isEmpty(); // long before an event is due
    } catch (IOException e) {
      assertThat(e).hasMessageContaining("closed");
    }
  }

  @Test
  void bucketsAreTrueToTenPercent() {
    for (long micros = 1; micros < 10_000_000; micros += 1 + micros / 7) {
      assertThat(LiveFigures.middle(LiveFigures.bucket(micros)))
          .isBetween(micros * 0.9 - 1, micros * 1.1 + 1);
    }
  }

  @Test
  void aDrainedNodeSaysSo() throws Exception {
    post("/v1/drain", "");
    while (!get("/v1/node").get("status").stringValue().equals("STOPPED")) {
      Thread.onSpinWait();
    }
    assertThat(deposit("alice", 1).at("/failure/code").stringValue()).isEqualTo("SP2004");
  }

  @Test
  void theDescriptionNamesEveryPath() throws Exception {
    JsonNode paths = get("/v1/openapi.json").get("paths");
    assertThat(
            Stream.of(
                "/v1/node",
                "/v1/types/{type}/dead-letters",
                "/v1/types/{type}/outbox",
                "/v1/types/{type}/reminders",
                "/v1/types/{type}/actors/{name}/outbox",
                "/v1/types/{type}/actors/{name}/dead-letters",
                "/v1/types/{type}/actors/{name}/reminders",
                "/v1/types/{type}/actors/{name}/replies",
                "/v1/types/{type}/actors/{name}/restore"))
        .allMatch(path -> paths.has(path));
    send(request("/v1/nothing").build(), 404);
    send(request("/").build(), 404);
  }
}
