package org.spawnmesh.controller.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spawnmesh.controller.Manifests;
import org.spawnmesh.controller.api.Activator;
import org.spawnmesh.controller.api.ActorHost;
import org.spawnmesh.controller.api.ActorSystem;
import org.spawnmesh.controller.desired.Settings;
import org.spawnmesh.controller.fake.FakeApiServer;
import org.spawnmesh.controller.fake.FakeCluster;
import org.spawnmesh.controller.install.Installation;

class ReconcileTest {

  private static final String POSTGRES = "statestore: {type: Postgres, credentialsSecretRef: db}";
  private static final String PLAIN = "host: {image: a}";

  private final FakeCluster cluster = new FakeCluster();
  private FakeApiServer server;
  private RunningController controller;

  @BeforeEach
  void start() throws Exception {
    server = new FakeApiServer(cluster);
    controller = new RunningController(server, "one");
  }

  @AfterEach
  void stop() {
    controller.close();
    server.close();
    assertThat(server.forbidden()).as("what the role lacks").isEmpty();
  }

  @Test
  void aHostAndItsSystemBecomeARunningMesh() throws Exception {
    cluster.apply("user", Manifests.host("a", PLAIN + ", replicas: 2"));
    await("the missing system is told", () -> told("a", "Degraded", "no ActorSystem shop"));
    cluster.apply("user", Manifests.shop(POSTGRES));
    awaitConverged();
    await("it is ready", () -> is("a", "Ready", "True"));
    assertThat(cluster.get(ActorHost.class, "a").getStatus().readyReplicas()).isEqualTo(2);
    assertThat(cluster.get(ActorSystem.class, "shop").getStatus().hosts()).isEqualTo(1);
    assertThat(cluster.get(ActorHost.class, "a").getStatus().observedGeneration())
        .isEqualTo(cluster.get(ActorHost.class, "a").getMetadata().getGeneration());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "host: {image: b}",
        "host: {image: a}, replicas: 0",
        "host: {image: a}, replicas: 4",
        "host: {image: a, env: [{name: A, value: '1'}, {name: B, value: '2'}]}",
        "host: {image: a, ports: [{name: web, containerPort: 80}]}",
        "host: {image: a, embedded: true}",
        "host: {image: a, resources: {requests: {cpu: '0.5'}}}",
        "host: {image: a, pullSecretsRef: s}",
        "host: {image: a, volumeMounts: [{name: v, mountPath: /v}]}, volumes: [{name: v, emptyDir: {}}]",
        "host: {image: a}, autoscaler: {max: 3}",
        "host: {image: a}, topology: {nodeSelector: {a: b}, tolerations: [{key: k}]}",
        "host: {image: a}, affinity: {nodeAffinity: {}}",
        "host: {image: a}, sidecar: {image: p, env: [{name: SPAWN_TIMEOUT, value: 1s}]}",
        "host: {image: a}, drainTimeoutSeconds: 90",
        "host: {image: a}, terminationGracePeriodSeconds: 400",
        "host: {image: a}, networkPolicy: false"
      })
  void aChangeIsFollowedThereAndBack(String spec) throws Exception {
    cluster.apply("user", Manifests.shop(POSTGRES));
    cluster.apply("user", Manifests.host("a", PLAIN));
    awaitConverged();
    List<ObjectNode> before = bare();
    cluster.apply("user", Manifests.host("a", spec));
    awaitConverged();
    assertThat(bare()).isNotEqualTo(before);
    cluster.apply("user", Manifests.host("a", PLAIN));
    awaitConverged();
    assertThat(bare()).as("nothing of the change is left").isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "statestore: {type: MariaDB, credentialsSecretRef: db}",
        "statestore: {type: Postgres, credentialsSecretRef: other, ssl: true}",
        POSTGRES + ", cluster: {zookeeper: {connectString: 'zk:2181'}}",
        POSTGRES + ", cluster: {tls: {enabled: true, issuerName: ca}}",
        POSTGRES + ", management: {tokenSecretRef: token}"
      })
  void aChangeOfTheSystemReachesItsHosts(String spec) throws Exception {
    cluster.apply("user", Manifests.shop(POSTGRES));
    cluster.apply("user", Manifests.host("a", PLAIN));
    awaitConverged();
    List<ObjectNode> before = bare();
    cluster.apply("user", Manifests.shop(spec));
    awaitConverged();
    assertThat(bare()).isNotEqualTo(before);
    cluster.apply("user", Manifests.shop(POSTGRES));
    awaitConverged();
    assertThat(bare()).isEqualTo(before);
  }

  @Test
  void aHostMovesToAnotherSystem() throws Exception {
    cluster.apply("user", Manifests.shop(POSTGRES));
    ActorSystem other = Manifests.shop(POSTGRES);
    other.getMetadata().setName("bank");
    cluster.apply("user", other);
    cluster.apply("user", Manifests.host("a", PLAIN));
    awaitConverged();
    ActorHost moved = Manifests.host("a", PLAIN);
    moved.getMetadata().getAnnotations().put("spawn-eigr.io/actor-system", "bank");
    cluster.apply("user", moved);
    awaitConverged();
    assertThat(cluster.get(Deployment.class, "a").getSpec().getSelector().getMatchLabels())
        .containsEntry("spawn-eigr.io/actor-system", "bank");
  }

  @Test
  void aDeletedHostGoesWhenItsPodsHaveGone() throws Exception {
    cluster.apply("user", Manifests.shop(POSTGRES));
    cluster.apply("user", Manifests.host("a", PLAIN + ", replicas: 2"));
    awaitConverged();
    cluster.delete(cluster.get(ActorHost.class, "a"));
    cluster.delete(cluster.get(ActorSystem.class, "shop"));
    cluster.await(
        "the pods are told to stop",
        () -> cluster.get(Deployment.class, "a").getSpec().getReplicas() == 0);
    cluster.await("it says so", () -> told("a", "Progressing", "give their actors away"));
    cluster.await(
        "the system says so",
        () -> {
          ActorSystem shop = cluster.find(ActorSystem.class, "shop");
          return shop != null && shop.getStatus().conditions().toString().contains("HasHosts");
        });
    assertThat(cluster.all(Pod.class)).as("they drain").hasSize(2);
    cluster.runPods();
    cluster.await("all is gone", () -> cluster.managed().isEmpty());
    cluster.await("the system, too", () -> cluster.all(ActorSystem.class).isEmpty());
  }

  @Test
  void actorsInAFileOutliveTheirHost() throws Exception {
    cluster.apply("user", Manifests.shop("statestore: {type: Sqlite, credentialsSecretRef: db}"));
    cluster.apply("user", Manifests.host("a", PLAIN));
    awaitConverged();
    cluster.apply("user", Manifests.host("a", PLAIN + ", replicas: 2"));
    await("it is refused", () -> told("a", "Degraded", "set replicas to 1"));
    assertThat(cluster.get(Deployment.class, "a").getSpec().getReplicas())
        .as("what runs goes on")
        .isEqualTo(1);
    cluster.delete(cluster.get(ActorHost.class, "a"));
    cluster.await("stopped", () -> cluster.get(Deployment.class, "a").getSpec().getReplicas() == 0);
    cluster.runPods();
    cluster.await("gone", () -> cluster.find(Deployment.class, "a") == null);
    assertThat(cluster.all(PersistentVolumeClaim.class)).hasSize(1);
  }

  @Test
  void whatIsSpoiledIsRepaired() throws Exception {
    cluster.apply(
        "user", Manifests.shop(POSTGRES + ", cluster: {tls: {enabled: true, issuerName: ca}}"));
    cluster.apply("user", Manifests.host("a", PLAIN + ", autoscaler: {max: 3}"));
    awaitConverged();
    List<ObjectNode> before = bare();
    assertThat(before).hasSize(12);
    for (ObjectNode object : before) {
      String kind = object.path("kind").asText();
      String name = object.at("/metadata/name").asText();
      spoil(kind, name, it -> ((ObjectNode) it.path("metadata")).remove("labels"));
      awaitEqual(kind + " without labels", before);
      spoil(kind, name, ReconcileTest::spoilValue);
      awaitEqual(kind + " with another value", before);
      cluster.delete(read(object));
      awaitEqual(kind + " deleted", before);
    }
  }

  private void spoil(String kind, String name, java.util.function.Consumer<ObjectNode> change) {
    cluster.tamper(kind, name, change);
  }

  /** The last text there is that the controller wrote. */
  private static void spoilValue(ObjectNode object) {
    ObjectNode copy = object;
    List<ObjectNode> parents = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (String part : List.of("spec", "data", "rules", "roleRef", "metadata")) {
      collect(copy.path(part), parents, names);
      if (!parents.isEmpty()) {
        break;
      }
    }
    ((ObjectNode) parents.getLast()).put(names.getLast(), "spoiled");
  }

  private static void collect(JsonNode node, List<ObjectNode> parents, List<String> names) {
    if (node instanceof ObjectNode object) {
      object
          .properties()
          .forEach(
              field -> {
                boolean selector = field.getKey().equals("selector");
                boolean ours = !field.getKey().matches("dnsPolicy|clusterIP");
                if (field.getValue().isTextual() && ours) {
                  parents.add(object);
                  names.add(field.getKey());
                } else if (!selector) {
                  collect(field.getValue(), parents, names);
                }
              });
    }
  }

  @Test
  void whatSomebodyElseMadeIsNotTaken() throws Exception {
    cluster.apply(
        "user",
        new ServiceBuilder()
            .withNewMetadata()
            .withName("a")
            .withNamespace("default")
            .endMetadata()
            .withNewSpec()
            .addToSelector("mine", "yes")
            .endSpec()
            .build());
    cluster.apply("user", Manifests.shop(POSTGRES));
    cluster.apply("user", Manifests.host("a", PLAIN));
    await("it is told", () -> told("a", "Degraded", "Service a is there already"));
    assertThat(
            cluster.get(io.fabric8.kubernetes.api.model.Service.class, "a").getSpec().getSelector())
        .containsOnlyKeys("mine");
  }

  @Test
  void othersMayAddWhatTheControllerDoesNotSay() throws Exception {
    cluster.apply("user", Manifests.shop(POSTGRES));
    cluster.apply("user", Manifests.host("a", PLAIN));
    awaitConverged();
    cluster.tamper(
        "Deployment",
        "a",
        it ->
            ((ObjectNode) it.at("/spec/template/metadata/annotations"))
                .put("kubectl.kubernetes.io/restartedAt", "now"));
    cluster.apply("user", Manifests.host("a", "host: {image: b}"));
    cluster.await(
        "the change is followed",
        () ->
            cluster
                .get(Deployment.class, "a")
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getLast()
                .getImage()
                .equals("b"));
    assertThat(
            cluster
                .get(Deployment.class, "a")
                .getSpec()
                .getTemplate()
                .getMetadata()
                .getAnnotations())
        .containsEntry("kubectl.kubernetes.io/restartedAt", "now");
  }

  @Test
  void whatKubernetesRefusesIsTold() throws Exception {
    cluster.apply("user", Manifests.shop(POSTGRES));
    server.setFaults(request -> request.startsWith("PATCH /apis/apps") ? 422 : 0);
    cluster.apply("user", Manifests.host("a", PLAIN));
    await("it is told", () -> told("a", "Degraded", "Kubernetes refuses: as the test wants it"));
    server.setFaults(request -> 0);
    cluster.apply("user", Manifests.host("a", "host: {image: b}"));
    awaitConverged();
    await("it is well again", () -> is("a", "Degraded", "False"));
  }

  @ParameterizedTest
  @ValueSource(ints = {409, 410, 429, 500, 503, -1})
  void failuresAreOutlived(int code) throws Exception {
    Random random = new Random(code);
    AtomicInteger failures = new AtomicInteger();
    server.setFaults(
        request -> {
          synchronized (random) {
            // No list conflicts with anything.
            boolean ours =
                !request.contains("/leases") && !(code == 409 && request.startsWith("GET"));
            boolean fails = ours && failures.get() < 60 && random.nextInt(100) < 40;
            return fails && failures.incrementAndGet() > 0 ? code : 0;
          }
        });
    cluster.apply("user", Manifests.shop(POSTGRES));
    for (int i = 0; i < 8; i++) {
      cluster.apply("user", Manifests.host("a", "host: {image: a}, replicas: " + i % 3));
      cluster.apply("user", Manifests.host("b", "host: {image: b" + i + "}"));
      cluster.compact();
      server.breakWatches();
    }
    awaitConverged();
    assertThat(failures.get()).isPositive();
  }

  @Test
  void anotherControllerTakesOver() throws Exception {
    cluster.apply("user", Manifests.shop(POSTGRES));
    cluster.apply("user", Manifests.host("a", PLAIN));
    awaitConverged();
    try (RunningController two = new RunningController(server, "two")) {
      server.shutOut("one", true);
      cluster.await("the other leads", two::leads);
      cluster.apply("user", Manifests.host("a", "host: {image: b}"));
      awaitConverged();
      server.shutOut("one", false);
      cluster.apply("user", Manifests.host("b", PLAIN));
      awaitConverged();
      assertThat(controller.leads()).isFalse();
    }
    cluster.await("it is given back", controller::leads);
    cluster.apply("user", Manifests.host("a", "host: {image: c}"));
    awaitConverged();
  }

  @Test
  void changedSettingsReachAllHosts() throws Exception {
    cluster.apply("user", Manifests.shop(POSTGRES));
    cluster.apply("user", Manifests.host("a", PLAIN));
    awaitConverged();
    controller.settings.set(new Settings("spawn-proxy:next", true));
    controller.settingsChanged();
    cluster.await(
        "the new image",
        () ->
            cluster
                .get(Deployment.class, "a")
                .getSpec()
                .getTemplate()
                .getSpec()
                .getContainers()
                .getFirst()
                .getImage()
                .equals("spawn-proxy:next"));
  }

  @Test
  void theAutoscalerMovesTheHost() throws Exception {
    cluster.apply("user", Manifests.shop(POSTGRES));
    cluster.apply("user", Manifests.host("a", PLAIN + ", autoscaler: {min: 2, max: 5}"));
    awaitConverged();
    assertThat(cluster.all(HorizontalPodAutoscaler.class)).hasSize(1);
    cluster.tamper("ActorHost", "a", it -> ((ObjectNode) it.path("spec")).put("replicas", 4));
    cluster.await(
        "the deployment follows",
        () -> cluster.get(Deployment.class, "a").getSpec().getReplicas() == 4);
  }

  private static final String NIGHTLY =
      "activator: {type: cron}, bindings: {sources: [{name: s, expr: '0 2 * * *'}],"
          + " sinks: [{name: k, actor: joe, action: close, binding: [{name: s}]}]}";

  @Test
  void anActivatorBecomesCronJobsAsSoonAsAProxyIsThere() throws Exception {
    cluster.apply("user", Manifests.activator("nightly", NIGHTLY));
    await("no proxy is told", () -> activatorSays("nightly", "Invalid", "no ActorHost"));
    cluster.apply("user", Manifests.shop(POSTGRES));
    cluster.apply("user", Manifests.host("a", PLAIN));
    awaitConverged();
    await("it is ready", () -> activatorSays("nightly", "Scheduled", ""));
    assertThat(cluster.get(CronJob.class, "nightly-s").getSpec().getSchedule())
        .isEqualTo("0 2 * * *");

    cluster.tamper(
        "CronJob", "nightly-s", it -> ((ObjectNode) it.path("spec")).put("schedule", "0 3 * * *"));
    awaitConverged();
    cluster.apply("user", Manifests.activator("nightly", NIGHTLY.replace("0 2 *", "0 4 *")));
    awaitConverged();
    cluster.apply("user", Manifests.activator("nightly", NIGHTLY.replace("name: s", "name: t")));
    awaitConverged();
    assertThat(cluster.all(CronJob.class))
        .extracting(it -> it.getMetadata().getName())
        .containsExactly("nightly-t");

    cluster.apply("user", Manifests.activator("nightly", NIGHTLY.replace("joe", "''")));
    await("the mistake is told", () -> activatorSays("nightly", "Invalid", "actor of k"));
    assertThat(cluster.all(CronJob.class)).as("what is there goes on").hasSize(1);
  }

  @Test
  void anActivatorOfAnotherTypeSaysThatNothingServesIt() throws Exception {
    cluster.apply(
        "user",
        Manifests.activator(
            "queue", "activator: {type: amqp}, bindings: [{name: q, source: {queue: in}}]"));
    await("it says so", () -> activatorSays("queue", "NotServed", "type amqp"));
  }

  private boolean activatorSays(String name, String reason, String message) {
    Activator activator = cluster.get(Activator.class, name);
    if (activator.getStatus() == null) {
      return false;
    }
    Condition ready = activator.getStatus().conditions().getFirst();
    return ready.getReason().equals(reason) && ready.getMessage().contains(message);
  }

  /** Needed where no test looks. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          // handed on to nodes
          "delete leases",
          "list leases",
          "update leases",
          "watch leases",
          // the list of meshes, by Spring Cloud, which also looks at its own pod
          "get pods",
          "get endpoints",
          "list endpoints",
          "watch endpoints",
          "get endpointslices",
          "list endpointslices",
          "watch endpointslices",
          // asked for by the API server where owners block their deletion
          "update activators/finalizers",
          "update actorhosts/finalizers",
          "update actorsystems/finalizers",
          // by the operator SDK, after a conflict
          "get activators",
          "get actorhosts",
          "get actorsystems");

  /** That it lacks none is what every other test shows. */
  @Test
  void noRightIsThereThatIsNotUsed() throws Exception {
    ActorSystem other = Manifests.shop(POSTGRES);
    other.getMetadata().setName("bank");
    cluster.apply("user", other);
    cluster.apply(
        "user", Manifests.shop(POSTGRES + ", cluster: {tls: {enabled: true, issuerName: ca}}"));
    cluster.apply("user", Manifests.host("a", PLAIN + ", autoscaler: {max: 3}"));
    cluster.apply("user", Manifests.host("b", PLAIN));
    cluster.apply("user", Manifests.activator("nightly", NIGHTLY));
    awaitConverged();
    // Each takes something away again.
    cluster.apply("user", Manifests.shop(POSTGRES + ", cluster: {zookeeper: {connectString: z}}"));
    cluster.apply("user", Manifests.host("a", PLAIN + ", networkPolicy: false"));
    cluster.apply("user", Manifests.activator("nightly", NIGHTLY.replace("name: s", "name: t")));
    ActorHost moved = Manifests.host("b", PLAIN);
    moved.getMetadata().getAnnotations().put("spawn-eigr.io/actor-system", "bank");
    cluster.apply("user", moved);
    awaitConverged();
    controller.settings.set(new Settings("spawn-proxy:test", false));
    controller.settingsChanged();
    awaitConverged();
    cluster.apply("user", Manifests.shop("statestore: {type: Sqlite, credentialsSecretRef: db}"));
    awaitConverged();

    Set<String> unused = new TreeSet<>();
    for (PolicyRule rule : Installation.clusterRules()) {
      for (String resource : rule.getResources()) {
        rule.getVerbs().forEach(verb -> unused.add(verb + " " + resource));
      }
    }
    unused.removeAll(server.used("one"));
    unused.removeAll(ELSEWHERE);
    assertThat(unused).isEmpty();
  }

  @Test
  void whenAllIsWellNothingIsWritten() throws Exception {
    cluster.apply("user", Manifests.shop(POSTGRES));
    cluster.apply("user", Manifests.host("a", PLAIN));
    awaitConverged();
    await("ready", () -> is("a", "Ready", "True"));
    // Another host that comes up afterwards: by then all events before it have been looked at.
    cluster.apply("user", Manifests.host("y", PLAIN));
    await("the second is ready", () -> is("y", "Ready", "True"));
    List<String> writes = new ArrayList<>();
    server.setFaults(
        request -> {
          if (!request.startsWith("GET") && !request.contains("/leases")) {
            synchronized (writes) {
              writes.add(request);
            }
          }
          return 0;
        });
    controller.settingsChanged();
    cluster.apply("user", Manifests.host("z", PLAIN)); // and once more
    await("the third is ready", () -> is("z", "Ready", "True"));
    assertThat(writes)
        .as("but for the number of hosts")
        .noneMatch(it -> it.matches(".*/(a|a-node|shop|shop-.*|system-shop)"))
        .noneMatch(it -> it.contains("actorhosts/a"));
  }

  // ---- what there is, and what there shall be ----

  private void awaitConverged() throws InterruptedException {
    Expected expected = new Expected(cluster, controller.settings.get());
    try {
      await("all is as it shall be", expected::isMet);
    } catch (AssertionError e) {
      throw new AssertionError(expected.difference(), e);
    }
  }

  private void awaitEqual(String what, List<ObjectNode> objects) throws InterruptedException {
    await(what, () -> bare().equals(objects));
  }

  private void await(String what, BooleanSupplier condition) throws InterruptedException {
    cluster.await(
        what,
        () -> {
          cluster.runPods();
          return condition.getAsBoolean();
        });
  }

  private List<ObjectNode> bare() {
    return cluster.managed().stream().map(Expected::bare).toList();
  }

  private static io.fabric8.kubernetes.api.model.HasMetadata read(ObjectNode object) {
    return io.fabric8.kubernetes.client.utils.Serialization.jsonMapper()
        .convertValue(object, io.fabric8.kubernetes.api.model.GenericKubernetesResource.class);
  }

  private boolean told(String host, String type, String words) {
    Condition condition = condition(host, type);
    return condition != null
        && condition.getStatus().equals("True")
        && condition.getMessage().contains(words);
  }

  private boolean is(String host, String type, String status) {
    Condition condition = condition(host, type);
    return condition != null && condition.getStatus().equals(status);
  }

  private Condition condition(String host, String type) {
    ActorHost resource = cluster.find(ActorHost.class, host);
    if (resource == null || resource.getStatus() == null) {
      return null;
    }
    return resource.getStatus().conditions().stream()
        .filter(it -> it.getType().equals(type))
        .findAny()
        .orElse(null);
  }
}
