package org.spawnmesh.controller.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.spawnmesh.controller.Manifests;
import org.spawnmesh.controller.api.ActorHost;
import org.spawnmesh.controller.api.ActorSystem;
import org.spawnmesh.controller.desired.Annotations;
import org.spawnmesh.controller.desired.Labels;
import org.spawnmesh.controller.desired.Settings;
import org.spawnmesh.controller.fake.FakeCluster;
import org.spawnmesh.controller.plan.HostPlan;
import org.spawnmesh.controller.plan.Plan;
import org.spawnmesh.controller.plan.SystemPlan;

/**
 * Edits, spoiled objects, and two controllers that both believe to lead, see what was long ago and
 * are interrupted anywhere, in an order that the seed decides: at the end there is what there shall
 * be.
 */
class AnyOrderTest {

  private static final int SEEDS = Integer.getInteger("spawn.controller.seeds", 1_000);
  private static final int EVENTS = 24;
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Settings SETTINGS = new Settings("spawn-proxy:test", true);

  private static final List<String> SYSTEMS =
      List.of(
          "statestore: {type: Postgres, credentialsSecretRef: db}",
          "statestore: {type: MariaDB, credentialsSecretRef: db}",
          "statestore: {type: Sqlite, credentialsSecretRef: db}",
          "statestore: {type: Postgres, credentialsSecretRef: db}, cluster: {zookeeper: {connectString: z}}",
          "statestore: {type: Postgres, credentialsSecretRef: db}, cluster: {tls: {enabled: true, issuerName: ca}}",
          "statestore: {type: Postgres, credentialsSecretRef: db}, management: {tokenSecretRef: t}");

  private static final List<String> HOSTS =
      List.of(
          "host: {image: a}",
          "host: {image: b}, replicas: 3",
          "host: {image: a, embedded: true}",
          "host: {image: a, ports: [{name: web, containerPort: 80}]}, autoscaler: {max: 4}",
          "host: {image: a, env: [{name: A, value: '1'}]}, networkPolicy: false",
          "host: {image: a}, drainTimeoutSeconds: 60, topology: {nodeSelector: {a: b}}");

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7})
  void theSameObjectsComeOfAnyOrder(int part) {
    for (long seed = part * SEEDS / 8; seed < (part + 1) * SEEDS / 8; seed++) {
      new Run(seed).play();
    }
  }

  /** One seed. */
  private static final class Run {

    private final long seed;
    private final Random random;
    private final FakeCluster cluster = new FakeCluster();
    private final List<Deque<Runnable>> controllers =
        List.of(new ArrayDeque<>(), new ArrayDeque<>());

    Run(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
    }

    void play() {
      cluster.apply("user", Manifests.shop(any(SYSTEMS)));
      for (int i = 0; i < EVENTS; i++) {
        event();
      }
      // In a file there are actors of one host: the other stays as it is, and is told so.
      cluster.apply("user", Manifests.shop(SYSTEMS.get(random.nextBoolean() ? 0 : 3)));
      for (int round = 0; round < 4; round++) {
        plan(controllers.getFirst());
        while (!controllers.getFirst().isEmpty()) {
          step(controllers.getFirst());
        }
      }
      plan(controllers.getFirst());
      assertThat(controllers.getFirst()).as("seed %d: nothing is left to do", seed).isEmpty();
      Expected expected = new Expected(cluster, SETTINGS);
      if (!expected.isMet()) {
        throw new AssertionError("seed " + seed + expected.difference());
      }
    }

    private void event() {
      Deque<Runnable> controller = controllers.get(random.nextInt(2));
      switch (random.nextInt(10)) {
        case 0 -> cluster.apply("user", Manifests.shop(any(SYSTEMS)));
        case 1, 2 ->
            cluster.apply("user", Manifests.host(random.nextBoolean() ? "a" : "b", any(HOSTS)));
        case 3, 4 -> plan(controller);
        case 5 -> controller.clear();
        case 6 -> spoil();
        case 7 -> cluster.runPods();
        default -> {
          for (int i = random.nextInt(5); i >= 0; i--) {
            step(controller);
          }
        }
      }
    }

    private String any(List<String> all) {
      return all.get(random.nextInt(all.size()));
    }

    private void step(Deque<Runnable> controller) {
      Runnable next = controller.poll();
      if (next != null) {
        try {
          next.run();
        } catch (RuntimeException refused) {
          // As a reconciler: the rest of the plan is dropped, the next one begins anew.
          controller.clear();
        }
      }
    }

    /** Looks now, and acts when it is its turn. */
    private void plan(Deque<Runnable> controller) {
      controller.clear();
      List<ActorHost> hosts = cluster.all(ActorHost.class);
      ActorSystem system = cluster.find(ActorSystem.class, "shop");
      List<HasMetadata> managed = managed();
      if (system != null) {
        List<HasMetadata> own =
            managed.stream().filter(it -> !label(it, Labels.HOST, null)).toList();
        queue(controller, SystemPlan.of(system, names(hosts), own, NOW));
      }
      for (ActorHost host : hosts) {
        String name = host.getMetadata().getName();
        List<HasMetadata> own =
            managed.stream().filter(it -> label(it, Labels.HOST, name)).toList();
        List<Pod> pods =
            cluster.all(Pod.class).stream().filter(it -> label(it, Labels.HOST, name)).toList();
        assertThat(Annotations.systemOf(host)).isEqualTo("shop");
        queue(
            controller,
            HostPlan.of(
                new HostPlan.Observed(host, system, names(hosts), own, pods), SETTINGS, NOW));
      }
    }

    private void queue(Deque<Runnable> controller, Plan<?> plan) {
      plan.delete().forEach(it -> controller.add(() -> cluster.delete(it)));
      plan.apply().forEach(it -> controller.add(() -> cluster.apply(Labels.CONTROLLER, it)));
    }

    private void spoil() {
      List<ObjectNode> all = cluster.managed();
      if (all.isEmpty()) {
        return;
      }
      ObjectNode victim = all.get(random.nextInt(all.size()));
      if (victim.path("kind").asText().equals("PersistentVolumeClaim")) {
        return;
      }
      String kind = victim.path("kind").asText();
      String name = victim.at("/metadata/name").asText();
      switch (random.nextInt(3)) {
        case 0 ->
            cluster.delete(
                Serialization.jsonMapper()
                    .convertValue(
                        victim, io.fabric8.kubernetes.api.model.GenericKubernetesResource.class));
        case 1 ->
            cluster.tamper(kind, name, it -> ((ObjectNode) it.path("metadata")).remove("labels"));
        default ->
            cluster.tamper(
                kind,
                name,
                it ->
                    ((ObjectNode) it.path("metadata"))
                        .putObject("annotations")
                        .put("somebody", "was here"));
      }
    }

    private List<HasMetadata> managed() {
      List<HasMetadata> typed = new ArrayList<>();
      for (ObjectNode object : cluster.managed()) {
        typed.add((HasMetadata) (Object) Serialization.unmarshal(Serialization.asJson(object)));
      }
      return typed;
    }

    private static List<String> names(List<ActorHost> hosts) {
      return hosts.stream().map(it -> it.getMetadata().getName()).toList();
    }

    private static boolean label(
        HasMetadata object, String label, @org.jspecify.annotations.Nullable String value) {
      String there = object.getMetadata().getLabels().get(label);
      return value == null ? there != null : value.equals(there);
    }
  }
}
