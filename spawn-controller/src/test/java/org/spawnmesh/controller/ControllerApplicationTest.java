package org.spawnmesh.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Endpoints;
import io.fabric8.kubernetes.api.model.EndpointsBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.spawnmesh.controller.fake.Access;
import org.spawnmesh.controller.fake.FakeApiServer;
import org.spawnmesh.controller.fake.FakeCluster;
import org.spawnmesh.controller.install.Installation;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The application as it runs in a cluster, with the rights of deploy/. */
class ControllerApplicationTest {

  private final FakeCluster cluster = new FakeCluster();

  @Test
  void itReadsItsSettingsLeadsAndFollowsChanges() throws Exception {
    cluster.apply("user", settings("spawn-proxy:first"));
    try (FakeApiServer server = new FakeApiServer(cluster)) {
      server.grant(
          "controller",
          new Access(Installation.clusterRules(), "default", Installation.ownRules()));
      try (ConfigurableApplicationContext application =
          SpringApplication.run(
              ControllerApplication.class,
              "--server.port=0",
              "--spring.main.cloud-platform=kubernetes",
              "--spring.cloud.kubernetes.client.master-url=" + server.url(),
              "--spring.cloud.kubernetes.client.oauth-token=controller",
              "--spring.cloud.kubernetes.client.namespace=default")) {
        cluster.apply(
            "user", Manifests.shop("statestore: {type: Postgres, credentialsSecretRef: db}"));
        cluster.apply("user", Manifests.host("a", "host: {image: a}"));
        awaitImage("spawn-proxy:first");

        String port = application.getEnvironment().getProperty("local.server.port");
        assertThat(get(port, "/actuator/health")).contains("\"leading\":true");
        assertThat(get(port, "/actuator/health/readiness")).contains("UP");
        assertThat(get(port, "/actuator/prometheus")).contains("spawn_controller_leading 1.0");

        cluster.apply("user", nodes("10.0.0.7"));
        assertThat(get(port, "/actuator/meshes"))
            .isEqualTo("{\"default/shop\":[\"10.0.0.7:9980\"]}");

        cluster.apply("user", settings("spawn-proxy:second"));
        awaitImage("spawn-proxy:second");
      }
      assertThat(server.forbidden()).isEmpty();
    }
  }

  private void awaitImage(String image) throws InterruptedException {
    cluster.await(
        image,
        () -> {
          Deployment deployment = cluster.find(Deployment.class, "a");
          return deployment != null
              && deployment
                  .getSpec()
                  .getTemplate()
                  .getSpec()
                  .getContainers()
                  .getFirst()
                  .getImage()
                  .equals(image);
        });
  }

  /** What Kubernetes writes for the headless service of the system. */
  private static Endpoints nodes(String address) {
    return new EndpointsBuilder()
        .withNewMetadata()
        .withName("system-shop")
        .withNamespace("default")
        .endMetadata()
        .addNewSubset()
        .addNewAddress()
        .withIp(address)
        .endAddress()
        .addNewPort()
        .withName("spawn-peers")
        .withPort(9980)
        .endPort()
        .endSubset()
        .build();
  }

  private static ConfigMap settings(String image) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName("spawn-controller")
        .withNamespace("default")
        .endMetadata()
        .addToData("application.properties", "spawn.controller.proxy-image=" + image + "\n")
        .build();
  }

  private static String get(String port, String path) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }
}
