package org.spawnmesh.spring.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.test.TestingServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.actor.ActorId;
import org.spawnmesh.actor.ActorType;
import org.spawnmesh.actor.SpawnException;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.Shard;
import org.spawnmesh.spring.Action;
import org.spawnmesh.spring.Actor;
import org.spawnmesh.spring.ActorContext;
import org.spawnmesh.spring.ActorRef;
import org.spawnmesh.spring.Actors;
import org.spawnmesh.spring.Reply;
import org.spawnmesh.spring.autoconfigure.MeshEndpoint;
import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Applications that are one mesh, by ZooKeeper and a database that they share. */
class MeshTest {

  private static final int COUNTERS = 60;

  @TempDir private Path folder;
  private TestingServer zooKeeper;
  private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

  @BeforeEach
  void startZooKeeper() throws Exception {
    zooKeeper = new TestingServer(true);
  }

  @AfterEach
  void stop() throws Exception {
    nodes.forEach(ConfigurableApplicationContext::close);
    zooKeeper.close();
  }

  record Count(int value) {}

  @Actor
  static class Counter {

    @Action
    Reply<Count> add(ActorContext<Count> counter) {
      Count next = new Count(counter.state().map(Count::value).orElse(0) + 1);
      return Reply.of(next).state(next);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(Counter.class)
  static class Application {}

  private ConfigurableApplicationContext node(Map<String, Object> more) {
    ConfigurableApplicationContext node =
        new SpringApplicationBuilder(Application.class)
            .web(WebApplicationType.NONE)
            .properties(
                Map.of(
                    "spring.application.name", "shop",
                    "spawn.statestore.url",
                        "jdbc:h2:" + folder.resolve("shared") + ";AUTO_SERVER=TRUE",
                    "spawn.cluster.type", "zookeeper",
                    "spawn.cluster.zookeeper.connect-string", zooKeeper.getConnectString(),
                    "spawn.cluster.transport.host", "127.0.0.1"))
            .properties(more)
            .run();
    nodes.add(node);
    return node;
  }

  private static ActorRef counter(ConfigurableApplicationContext node, int i) {
    return node.getBean(Actors.class).ref("Counter", "c" + i);
  }

  private static int add(ConfigurableApplicationContext node, int i) {
    return counter(node, i).ask("add", null, Count.class).value();
  }

  @Test
  void anActorIsTheSameFromEveryNode() {
    for (int i = 0; i < 3; i++) {
      node(Map.of("spawn.cluster.node", "node-" + i));
    }
    for (int round = 0; round < 3; round++) {
      for (int i = 0; i < COUNTERS; i++) {
        assertThat(add(nodes.get((i + round) % 3), i)).isEqualTo(round + 1);
      }
    }
    assertThat(nodes.get(0).getBean(Cluster.class).members())
        .extracting(member -> member.name())
        .containsExactly("node-0", "node-1", "node-2");
    Cluster first = nodes.get(0).getBean(Cluster.class);
    ActorType type = new ActorType("shop", "Counter");
    assertThat(first.owners()).containsOnlyKeys(type);
    for (int i = 0; i < COUNTERS; i++) {
      ActorId counter = new ActorId(type, "c" + i);
      assertThat(first.owners().get(type).get(Shard.of(counter, 256).partition()))
          .isNotNull()
          .isEqualTo(first.owner(counter))
          .isEqualTo(nodes.get(2).getBean(Cluster.class).owner(counter));
    }
  }

  @Test
  void everyNodeShowsTheMesh() {
    for (int i = 0; i < 3; i++) {
      node(
          Map.of(
              "spawn.cluster.node",
              "node-" + i,
              "management.endpoints.web.exposure.include",
              "mesh"));
    }
    for (int i = 0; i < COUNTERS; i++) {
      add(nodes.get(2), i); // whoever is called knows the caller's view
    }
    List<String> owners = new ArrayList<>();
    int shards = 0;
    for (int i = 0; i < 3; i++) {
      MeshEndpoint mesh = nodes.get(i).getBean(MeshEndpoint.class);
      assertThat(mesh.view().self().name()).isEqualTo("node-" + i);
      assertThat(mesh.view().members())
          .extracting(MeshEndpoint.Node::name)
          .containsExactly("node-0", "node-1", "node-2");
      shards += mesh.view().shards().stream().mapToInt(of -> of.open() + of.opening()).sum();
      owners.add(mesh.owner("Counter", "c7").name());
      assertThat(mesh.owner("Nothing", "c7")).isNull();
    }
    assertThat(shards).isEqualTo(256);
    assertThat(owners).containsOnly(owners.get(0));
  }

  @Test
  void aRollingRestartCostsNoCall() throws Exception {
    for (int i = 0; i < 3; i++) {
      node(Map.of());
    }
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger[] added = new AtomicInteger[COUNTERS];
    List<Throwable> failures = new ArrayList<>();
    List<ConfigurableApplicationContext> callable = List.of(nodes.get(0));
    Thread caller =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int i = 0; !over.get(); i++) {
                    int which = i % COUNTERS;
                    try {
                      int now = add(callable.get(0), which);
                      AtomicInteger before = added[which];
                      if (before == null) {
                        added[which] = new AtomicInteger(now);
                      } else if (before.incrementAndGet() != now) {
                        throw new AssertionError(which + " is " + now + ", not " + before);
                      }
                    } catch (SpawnException | AssertionError e) {
                      failures.add(e);
                    }
                  }
                });
    for (int i = 1; i < 3; i++) {
      ConfigurableApplicationContext old = nodes.get(i);
      old.close();
      nodes.set(i, null);
      nodes.removeIf(node -> node == null);
      ConfigurableApplicationContext fresh = node(Map.of());
      nodes.remove(fresh);
      nodes.add(i, fresh);
    }
    over.set(true);
    caller.join();
    assertThat(failures).isEmpty();
    assertThat(added[0].get()).isPositive();
  }

  @Test
  void stateInMemoryIsRefused() {
    assertThatExceptionOfType(BeanCreationException.class)
        .isThrownBy(
            () -> node(Map.of("spawn.statestore.type", "memory", "spawn.statestore.url", "")))
        .havingRootCause()
        .withMessageContaining("the other nodes cannot find it");
  }

  @Test
  void aMeshWithoutZooKeepersAddressIsRefused() {
    assertThatExceptionOfType(BeanCreationException.class)
        .isThrownBy(() -> node(Map.of("spawn.cluster.zookeeper.connect-string", "")))
        .havingRootCause()
        .withMessageContaining("connect-string is not set");
  }
}
