package org.spawnmesh.spring.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.Invocation;
import org.spawnmesh.actor.Payload;
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
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(Account.class)
  static class Application {}

  @TempDir private Path folder;
  private final HttpClient http = HttpClient.newHttpClient();
  private ConfigurableApplicationContext context;
  private int port;

  @BeforeEach
  void start() {
    context =
        new SpringApplicationBuilder(Application.class)
            .web(WebApplicationType.NONE)
            .properties(
                Map.of(
                    "spring.application.name",
                    "bank",
                    "spawn.statestore.url",
                    "jdbc:h2:" + folder.resolve("bank"),
                    "spawn.management.port",
                    "0",
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
    assertThat(post("/v1/types/Account/lookup", "{\"names\":[\"alice\",\"anna\"]}").propertyNames())
        .containsExactly("alice");
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
    assertThat(Stream.of("/v1/node", "/v1/types/{type}/actors/{name}/restore"))
        .allMatch(path -> paths.has(path));
    send(request("/v1/nothing").build(), 404);
    send(request("/").build(), 404);
  }
}
