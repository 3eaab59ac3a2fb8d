package org.spawnmesh.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.authority.AuthorityUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The deployments of a cluster, seen and changed through the console. */
class DeploymentsTest {

  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Authentication ADMIN = user("ADMIN");
  private static final Authentication OPERATOR = user("OPERATOR@shop");
  private static final Authentication VIEWER = user("VIEWER@shop");
  private static final Authentication STRANGER = user("ADMIN@elsewhere");

  static final String SHOP =
      """
      apiVersion: spawn-eigr.io/v1
      kind: ActorSystem
      metadata: {name: shop}
      spec:
        statestore: {type: Postgres, credentialsSecretRef: shop-database}
      status:
        hosts: 1
        conditions:
        - {type: Ready, status: "True", reason: Ready, message: "1 host", lastTransitionTime: "2026-03-01T08:30:00Z"}
      """;

  static final String CART =
      """
      apiVersion: spawn-eigr.io/v1
      kind: ActorHost
      metadata:
        name: cart
        finalizers: [the-controllers]
        annotations:
          spawn-eigr.io/actor-system: shop
          kubectl.kubernetes.io/last-applied-configuration: '{}'
      spec:
        replicas: 2
        host:
          image: shop/cart:1
          env:
          - {name: PASSWORD, value: secret}
      status:
        readyReplicas: 1
        conditions:
        - {type: Ready, status: "False", reason: PodsNotReady, message: "1 of 2 pods is ready", lastTransitionTime: "2026-03-01T08:31:00Z"}
      """;

  private final Audit audit = new Audit(null, InstantSource.system());
  private FakeKubernetes cluster;
  private KubernetesApi api;
  private DeploymentsApi console;

  private static Authentication user(String role) {
    return new UsernamePasswordAuthenticationToken(
        "ada", "", AuthorityUtils.createAuthorityList(role));
  }

  @BeforeEach
  void start() throws Exception {
    cluster = new FakeKubernetes();
    cluster.put("/apis/spawn-eigr.io/v1/namespaces/live/actorsystems/shop", SHOP);
    cluster.put("/apis/spawn-eigr.io/v1/namespaces/live/actorhosts/cart", CART);
    api = KubernetesApi.of(cluster.properties());
    console = new DeploymentsApi(new Deployments(api, List.of()), new Access(audit, () -> {}));
  }

  @AfterEach
  void stop() {
    api.close();
    cluster.close();
  }

  private JsonNode all(Authentication user) {
    return JSON.valueToTree(Objects.requireNonNull(console.all(user).block(PATIENCE)));
  }

  private JsonNode one(Authentication user) {
    return Objects.requireNonNull(console.one(user, "ActorHost", "live", "cart").block(PATIENCE));
  }

  private JsonNode change(Authentication user, Map<String, Object> fields) {
    DeploymentsApi.DeploymentChange change =
        JSON.convertValue(fields, DeploymentsApi.DeploymentChange.class);
    return Objects.requireNonNull(console.change(user, change).block(PATIENCE));
  }

  private static Map<String, Object> fields(String operation, Object... more) {
    Map<String, Object> fields = new java.util.HashMap<>();
    fields.put("operation", operation);
    fields.put("kind", "ActorHost");
    fields.put("namespace", "live");
    fields.put("name", "cart");
    fields.put("trial", false);
    for (int i = 0; i < more.length; i += 2) {
      fields.put((String) more[i], more[i + 1]);
    }
    return fields;
  }

  private ClusterException refused(Authentication user, Map<String, Object> fields) {
    return assertThatExceptionOfType(ClusterException.class)
        .isThrownBy(() -> change(user, fields))
        .actual();
  }

  @Test
  void resourcesAreShownToThoseWhoHaveARoleInTheirSystem() {
    JsonNode seen = all(VIEWER);
    assertThat(seen.at("/kinds/0/rows/0/name").asString()).isEqualTo("shop");
    JsonNode cart = seen.at("/kinds/1/rows/0");
    assertThat(cart.path("system").asString()).isEqualTo("shop");
    assertThat(cart.path("ready").asString()).isEqualTo("False");
    assertThat(cart.path("message").asString()).isEqualTo("1 of 2 pods is ready");
    assertThat(cart.path("replicas").asInt()).isEqualTo(2);
    assertThat(cart.path("readyReplicas").asInt()).isEqualTo(1);
    assertThat(cart.path("role").asString()).isEqualTo("VIEWER");

    assertThat(all(STRANGER).findValuesAsString("name")).isEmpty();
    assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> one(STRANGER));
  }

  @Test
  void allPagesOfAListAreRead() {
    for (int i = 0; i < 7; i++) {
      cluster.put(
          "/apis/spawn-eigr.io/v1/namespaces/n%d/actorhosts/host-%d".formatted(i % 2, i),
          CART.replace("name: cart", "name: host-" + i));
    }
    assertThat(all(ADMIN).at("/kinds/1/rows").findValuesAsString("name"))
        .containsExactly(
            "cart", "host-0", "host-2", "host-4", "host-6", "host-1", "host-3", "host-5");
  }

  @Test
  void aKindThatCannotBeListedDoesNotHideTheOthers() {
    cluster.fault("/actorsystems", 403);
    JsonNode seen = all(ADMIN);
    assertThat(seen.at("/kinds/0/error").asString()).contains("Kubernetes refuses");
    assertThat(seen.at("/kinds/1/rows/0/name").asString()).isEqualTo("cart");
  }

  @Test
  void oneIsShownWithItsConditionsPodsAndEvents() {
    cluster.put(
        "/api/v1/namespaces/live/pods/cart-7f-abcde",
        """
        metadata: {name: cart-7f-abcde, labels: {spawn-eigr.io/actor-host: cart, spawn-eigr.io/actor-system: shop}}
        status:
          phase: Pending
          containerStatuses:
          - {ready: false, restartCount: 3, state: {waiting: {reason: ImagePullBackOff}}}
        """);
    cluster.put(
        "/api/v1/namespaces/live/pods/other-7f-abcde",
        "metadata: {name: other-7f-abcde, labels: {spawn-eigr.io/actor-host: other}}\nstatus: {}");
    cluster.put(
        "/api/v1/namespaces/live/events/1",
        """
        involvedObject: {kind: Pod, name: cart-7f-abcde}
        type: Warning
        reason: Failed
        message: the image is not there
        count: 4
        lastTimestamp: "2026-03-01T08:33:00Z"
        """);
    cluster.put(
        "/api/v1/namespaces/live/events/2",
        """
        involvedObject: {kind: Deployment, name: cart}
        type: Normal
        reason: ScalingReplicaSet
        message: scaled up
        eventTime: "2026-03-01T08:32:00.000000Z"
        """);
    JsonNode cart = one(OPERATOR);
    assertThat(cart.at("/conditions/0/reason").asString()).isEqualTo("PodsNotReady");
    assertThat(cart.path("pods")).hasSize(1);
    assertThat(cart.at("/pods/0/why").asString()).isEqualTo("ImagePullBackOff");
    assertThat(cart.at("/pods/0/restarts").asInt()).isEqualTo(3);
    assertThat(cart.path("events").findValuesAsString("reason"))
        .containsExactly("Failed", "ScalingReplicaSet");
    assertThat(cart.at("/events/0/count").asInt()).isEqualTo(4);

    cluster.fault("/events", 403);
    assertThat(one(OPERATOR).path("eventsError").asString()).contains("Kubernetes refuses");
  }

  @Test
  void whatIsEditedIsWhatPeopleWrite() {
    JsonNode cart = one(ADMIN);
    assertThat(cart.path("yaml").asString())
        .contains("image: shop/cart:1", "value: secret")
        .doesNotContain("managedFields", "last-applied", "status:", "finalizers");
    assertThat(one(VIEWER).path("yaml").asString()).doesNotContain("secret");
    assertThat(one(VIEWER).path("manifest").toString()).doesNotContain("secret");
  }

  @Test
  void anEditKeepsWhatIsTheClusters() {
    JsonNode seen = one(ADMIN);
    change(
        ADMIN,
        fields(
            "replace",
            "version",
            seen.path("version").asString(),
            "yaml",
            seen.path("yaml").asString().replace("shop/cart:1", "shop/cart:2")));
    JsonNode cart = cluster.host("live", "cart");
    assertThat(cart.at("/spec/host/image").asString()).isEqualTo("shop/cart:2");
    assertThat(cart.at("/metadata/finalizers/0").asString()).isEqualTo("the-controllers");
    assertThat(cart.at("/metadata/annotations").toString()).contains("last-applied");
    assertThat(cart.at("/status/readyReplicas").asInt()).isEqualTo(1);
    assertThat(audit.read(10).toString()).contains("replace", "ActorHost live/cart");
  }

  @Test
  void whoEditsWhatSomebodyElseHasChangedIsTold() {
    JsonNode seen = one(ADMIN);
    change(OPERATOR, fields("scale", "replicas", 3));
    ClusterException stale =
        refused(
            ADMIN,
            fields(
                "replace",
                "version",
                seen.path("version").asString(),
                "yaml",
                seen.path("yaml").asString()));
    assertThat(stale.status()).isEqualTo(409);
    assertThat(audit.read(10).toString()).contains("failed: Somebody has changed ActorHost");
    assertThat(cluster.host("live", "cart").at("/spec/replicas").asInt()).isEqualTo(3);
  }

  @Test
  void whatTheControllerWritesIsInNobodysWay() {
    JsonNode seen = one(ADMIN);
    cluster.status("live", "cart", "readyReplicas: 2");
    change(
        ADMIN,
        fields(
            "replace",
            "version",
            seen.path("version").asString(),
            "yaml",
            seen.path("yaml").asString().replace("shop/cart:1", "shop/cart:2")));
    assertThat(cluster.host("live", "cart").at("/spec/host/image").asString())
        .isEqualTo("shop/cart:2");
  }

  @Test
  void anEditThatMovesAHostNeedsARoleInBothSystems() {
    JsonNode seen = one(ADMIN);
    Map<String, Object> moved =
        fields(
            "replace",
            "version",
            seen.path("version").asString(),
            "yaml",
            seen.path("yaml").asString().replace("actor-system: shop", "actor-system: elsewhere"));
    assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> change(STRANGER, moved));
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> change(user("ADMIN@shop"), moved));
    assertThat(change(ADMIN, moved).path("done").asBoolean()).isTrue();
  }

  @Test
  void mistakesAreToldAtTheirFields() {
    String empty =
        CART.replace("image: shop/cart:1", "image: ''").replace("replicas: 2", "replicas: -1");
    ClusterException invalid =
        refused(ADMIN, fields("create", "yaml", empty.replace("name: cart", "name: other")));
    assertThat(invalid.status()).isEqualTo(422);
    assertThat(invalid.causes())
        .extracting(ClusterException.Cause::field)
        .containsExactlyInAnyOrder("spec.replicas", "spec.host.image");

    ClusterException unknown =
        refused(
            ADMIN,
            fields(
                "create",
                "yaml",
                CART.replace("replicas: 2", "replica: 2").replace("name: cart", "name: other")));
    assertThat(unknown.causes())
        .containsExactly(new ClusterException.Cause("spec.replica", "There is no such field"));

    assertThat(refused(ADMIN, fields("create", "yaml", "a: [")).getMessage())
        .startsWith("This is not YAML: line 1:");
    assertThat(refused(ADMIN, fields("create", "yaml", "- 1")).getMessage()).contains("no fields");
    assertThat(
            refused(ADMIN, fields("create", "yaml", CART.replace("name: cart", "x: y"))).causes())
        .containsExactly(new ClusterException.Cause("metadata.name", "Required value"));
  }

  @Test
  void aTrialChangesNothingAndIsNotWrittenDown() {
    String other = CART.replace("name: cart", "name: other\n  namespace: live");
    assertThat(
            change(ADMIN, fields("create", "yaml", other, "trial", true)).path("done").asBoolean())
        .isTrue();
    assertThat(cluster.host("live", "other").isMissingNode()).isTrue();
    assertThat(audit.read(10).path("entries")).isEmpty();

    change(ADMIN, fields("create", "yaml", other));
    assertThat(cluster.host("live", "other").isMissingNode()).isFalse();
    assertThat(audit.read(10).toString()).contains("create", "ActorHost live/other");
    assertThat(refused(ADMIN, fields("create", "yaml", other)).status()).isEqualTo(409);
  }

  @Test
  void anOperatorScalesAndDoesNoMore() {
    change(OPERATOR, fields("scale", "replicas", 5));
    assertThat(cluster.host("live", "cart").at("/spec/replicas").asInt()).isEqualTo(5);
    assertThat(audit.read(10).toString()).contains("scale", "replicas 5");

    JsonNode seen = one(ADMIN);
    assertThat(one(OPERATOR).has("version")).isFalse();
    String yaml = seen.path("yaml").asString();
    for (Map<String, Object> more :
        List.of(
            fields("replace", "version", seen.path("version").asString(), "yaml", yaml),
            fields("create", "yaml", yaml),
            fields("delete", "uid", seen.path("uid").asString()))) {
      assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> change(OPERATOR, more));
    }
    assertThatExceptionOfType(RefusedException.class)
        .isThrownBy(() -> change(VIEWER, fields("scale", "replicas", 1)));
    assertThat(refused(ADMIN, fields("scale", "replicas", -1)).status()).isEqualTo(400);
    assertThat(refused(ADMIN, fields("scale", "replicas", 1, "kind", "ActorSystem")).status())
        .isEqualTo(400);
    assertThat(cluster.host("live", "cart").at("/spec/replicas").asInt()).isEqualTo(5);
  }

  @Test
  void whatIsDeletedIsWhatWasSeen() {
    String uid = one(ADMIN).path("uid").asString();
    assertThat(refused(ADMIN, fields("delete", "uid", "of-the-one-before")).status())
        .isEqualTo(409);
    change(ADMIN, fields("delete", "uid", uid));
    assertThat(cluster.host("live", "cart").isMissingNode()).isTrue();
    assertThat(audit.read(10).toString()).contains("delete", "ActorHost live/cart");
  }

  @Test
  void theFormIsMadeOfTheClustersOwnSchema() {
    JsonNode schema = Objects.requireNonNull(console.schema("ActorHost").block(PATIENCE));
    assertThat(schema.at("/properties/spec/properties/host/properties/image/type").asString())
        .isEqualTo("string");
    assertThatExceptionOfType(ClusterException.class)
        .isThrownBy(() -> console.schema("Secret").block(PATIENCE));
  }

  @Test
  void theConsoleStaysInItsNamespaces() {
    DeploymentsApi narrow =
        new DeploymentsApi(
            new Deployments(api, List.of("test", "live")), new Access(audit, () -> {}));
    assertThat(JSON.valueToTree(narrow.all(ADMIN).block(PATIENCE)).toString()).contains("\"cart\"");
    DeploymentsApi elsewhere =
        new DeploymentsApi(new Deployments(api, List.of("test")), new Access(audit, () -> {}));
    assertThat(JSON.valueToTree(elsewhere.all(ADMIN).block(PATIENCE)).toString())
        .doesNotContain("\"cart\"");
    assertThatExceptionOfType(ClusterException.class)
        .isThrownBy(() -> elsewhere.one(ADMIN, "ActorHost", "live", "cart").block(PATIENCE))
        .withMessageContaining("spawn.admin.kubernetes.namespaces");
  }

  @Test
  void aClusterThatDoesNotAnswerIsToldAsSuch() {
    cluster.close();
    assertThat(all(ADMIN).at("/kinds/1/error").asString()).contains("Kubernetes does not answer");
  }
}
