package org.spawnmesh.spring.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.spawnmesh.cluster.Cluster;
import org.spawnmesh.cluster.Membership;
import org.spawnmesh.cluster.kubernetes.KubernetesMembership;
import org.spawnmesh.spring.Actors;
import org.spawnmesh.spring.mesh.MeshTest.Application;
import org.spawnmesh.spring.mesh.MeshTest.Count;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Applications that are one mesh, by fabric8's mock of an API server. */
class KubernetesMeshTest {

  /** Logs every request; held, or it would be collected with its level. */
  private static final Logger REQUESTS = Logger.getLogger(MockWebServer.class.getName());

  @TempDir private Path folder;
  private KubernetesMockServer api;
  private final List<ConfigurableApplicationContext> nodes = new ArrayList<>();

  @BeforeEach
  void startApiServer() {
    REQUESTS.setLevel(Level.OFF);
    api =
        new KubernetesMockServer(
            new Context(Serialization.jsonMapper()),
            new MockWebServer(),
            new HashMap<>(),
            new KubernetesCrudDispatcher(),
            false);
    api.start(InetAddress.getLoopbackAddress(), 0);
  }

  @AfterEach
  void stop() {
    nodes.forEach(ConfigurableApplicationContext::close);
    api.shutdown();
  }

  private ConfigurableApplicationContext node(String name) {
    ConfigurableApplicationContext node =
        new SpringApplicationBuilder(Application.class)
            .web(WebApplicationType.NONE)
            .properties(
                Map.of(
                    "spring.application.name",
                    "shop",
                    "spawn.statestore.url",
                    "jdbc:h2:" + folder.resolve("shared") + ";AUTO_SERVER=TRUE",
                    "spawn.cluster.type",
                    "kubernetes",
                    "spawn.cluster.node",
                    name,
                    "spawn.cluster.kubernetes.server",
                    "http://localhost:" + api.getPort() + "/",
                    "spawn.cluster.kubernetes.namespace",
                    "shops",
                    "spawn.cluster.kubernetes.lease",
                    "7s",
                    "spawn.cluster.kubernetes.pod-name",
                    name,
                    "spawn.cluster.kubernetes.pod-uid",
                    "uid-of-" + name,
                    "spawn.cluster.transport.host",
                    "127.0.0.1"))
            .run();
    nodes.add(node);
    return node;
  }

  @Test
  void anActorIsTheSameFromEveryNode() {
    ConfigurableApplicationContext a = node("a");
    ConfigurableApplicationContext b = node("b");
    assertThat(a.getBean(Membership.class)).isInstanceOf(KubernetesMembership.class);
    for (int i = 0; i < 20; i++) {
      assertThat(add(a, i)).isEqualTo(1);
      assertThat(add(b, i)).isEqualTo(2);
    }
    assertThat(a.getBean(Cluster.class).members())
        .extracting(member -> member.name())
        .containsExactly("a", "b");
    assertThat(leases())
        .filteredOn(lease -> !lease.getMetadata().getName().equals("spawn-shop-mesh"))
        .hasSize(2)
        .allSatisfy(lease -> assertThat(lease.getSpec().getLeaseDurationSeconds()).isEqualTo(7))
        .extracting(lease -> lease.getMetadata().getOwnerReferences().getFirst().getUid())
        .containsExactlyInAnyOrder("uid-of-a", "uid-of-b");
  }

  private static int add(ConfigurableApplicationContext node, int i) {
    return node.getBean(Actors.class).ref("Counter", "c" + i).ask("add", null, Count.class).value();
  }

  private List<Lease> leases() {
    try (KubernetesClient operator = api.createClient(new JdkHttpClientFactory())) {
      return operator.leases().inNamespace("shops").list().getItems();
    }
  }
}
